import {
  type Change,
  type CriteriaArea,
  type CriteriaEdition,
  changes,
  criteria,
  type GaccClass,
  type IdentifierScheme,
  identifierSchemes,
  type Party,
  type Programme,
  parties,
  type Regime,
  type Role,
  regimes,
  roles,
  type Status,
  type Tier,
} from '../generated/codes.ts';

/** The class of a Chinese enterprise or the tier of a US one. */
export type Grade = GaccClass | Tier;

export interface PartyEntry {
  code: Party;
  programme: Programme;
  /** IANA name of the zone whose calendar the administration's dates follow (domain.md 5, rule 4). */
  timeZone: string;
}

export interface RegimeEntry {
  code: Regime;
  party: Party;
  /** First day in force; the last is the day before the next regime of the party. */
  from: string;
  /** Best first. */
  grades: readonly { code: Grade; aeo: boolean }[];
}

export interface EditionEntry {
  code: CriteriaEdition;
  /** First day in use; the last is the day before the next edition. */
  from: string;
  categories: readonly { number: number; area?: CriteriaArea; label: { en: string; zh: string } }[];
}

export interface ChangeEntry {
  code: Change;
  /** The statuses from which the change is legal (domain.md 4.3). */
  from: readonly Status[];
  /** `same`: the status of `from`. */
  to: Status | 'same';
  /** What `urgent` means when it is left out. */
  urgent: boolean;
  reasonRequired: boolean;
  /** Whether a link that demands consent demands it for this change (domain.md 5, rule 5). */
  consentRequired: boolean;
}

export interface SchemeEntry {
  code: IdentifierScheme;
  /** The party that issues it; absent for a world-wide scheme. */
  party?: Party;
  /** Source of the regular expression; absent where any text is read. */
  pattern?: string;
  /** Kept to read old records, never proof of anything. */
  legacy?: boolean;
}

const byCode = <E extends { code: string }>(entries: readonly E[]): ReadonlyMap<string, E> =>
  new Map(entries.map((entry) => [entry.code, entry]));

const partiesByCode = byCode<PartyEntry>(parties);
const regimesByCode = byCode<RegimeEntry>(regimes);
const editionsByCode = byCode<EditionEntry>(criteria);
const changesByCode = byCode<ChangeEntry>(changes);
const schemesByCode = byCode<SchemeEntry>(identifierSchemes);
const rolesByCode = byCode<{ code: Role; tiers: readonly Tier[] }>(roles);

/** Thrown for a code that no list holds: the caller let a message past the schema. */
export class UnknownCodeError extends Error {
  readonly code = 'unknown-code';
  constructor(list: string, code: string) {
    super(`${list} has no code ${JSON.stringify(code)}`);
  }
}

function entryOf<E>(entries: ReadonlyMap<string, E>, list: string, code: string): E {
  const entry = entries.get(code);
  if (entry === undefined) throw new UnknownCodeError(list, code);
  return entry;
}

export const partyEntry = (party: Party): PartyEntry => entryOf(partiesByCode, 'parties', party);
export const regimeEntry = (regime: Regime): RegimeEntry => entryOf(regimesByCode, 'regimes', regime);
export const changeEntry = (change: Change): ChangeEntry => entryOf(changesByCode, 'changes', change);
export const editionEntry = (edition: CriteriaEdition): EditionEntry =>
  entryOf(editionsByCode, 'criteria', edition);
export const schemeEntry = (scheme: IdentifierScheme): SchemeEntry =>
  entryOf(schemesByCode, 'identifier-schemes', scheme);

/** The tiers that a bearer of this role may hold. */
export const tiersOfRole = (role: Role): readonly Tier[] => entryOf(rolesByCode, 'roles', role).tiers;

/** The regime of a party in force on a calendar date; undefined before its first one. */
export function regimeOn(party: Party, date: string): Regime | undefined {
  return latest(
    regimes.filter((regime) => regime.party === party),
    date,
  )?.code;
}

/** The edition of the security criteria in use on a calendar date; undefined before the first one. */
export function editionOn(date: string): CriteriaEdition | undefined {
  return latest(criteria, date)?.code;
}

// ISO 8601 calendar dates order as strings.
function latest<E extends { from: string }>(entries: readonly E[], date: string): E | undefined {
  let found: E | undefined;
  for (const entry of entries) {
    if (entry.from <= date && (found === undefined || entry.from > found.from)) found = entry;
  }
  return found;
}

/** Whether the regime knows the class or tier at all. */
export function hasGrade(regime: Regime, grade: string): boolean {
  return regimeEntry(regime).grades.some((known) => known.code === grade);
}

/** Whether the class or tier makes its holder a trusted operator under the regime. */
export function isAeo(regime: Regime, grade: string): boolean {
  return regimeEntry(regime).grades.some((known) => known.code === grade && known.aeo);
}

/** Below 0: `a` is worse than `b`; above 0: better; undefined: one of them is not of the regime. */
export function compareGrades(regime: Regime, a: string, b: string): number | undefined {
  const order: readonly string[] = regimeEntry(regime).grades.map((grade) => grade.code);
  const [first, second] = [order.indexOf(a), order.indexOf(b)];
  return first < 0 || second < 0 ? undefined : second - first;
}
