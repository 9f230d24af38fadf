import { gradeMemberOf, type Party, partyOf } from '../contract/party.ts';
import type { Link } from '../links/link.ts';
import type { ReadTime } from '../register/read-time.ts';
import type { Database } from '../store/database.ts';
import { type Decision, decideRecognition } from './decide-recognition.ts';
import { GatheredReads } from './gather-reads.ts';
import { type DayOf, dayOf, type EnterpriseThen, readStandings } from './read-standings.ts';

/** The answer to the question of the front line (domain.md 5). */
export interface Recognition extends Decision {
  id: string;
  /** Null where the enterprise is unknown and there is more than one link. */
  link: string | null;
  regime: string | null;
  /** One of the two, by the country of the id. */
  class?: string | null;
  tier?: string | null;
  status: string | null;
  since: string | null;
  /** The day that the answer is about. */
  on: string;
  /** Ids of the messages that it rests on. */
  basis: string[];
  /** How old the register behind it is: when the partner was last heard; null where it never was. */
  asOf: Date | null;
}

export interface RecognitionParts {
  database: Database;
  /** Our own party, whose register is never old. */
  party: Party;
  links: ReadonlyMap<string, Link>;
  lastHeard: (link: string) => Date | undefined;
  now: () => Date;
}

/**
 * @param ids well-formed; an answer for each, in order
 * @param link only this one; without it every link is looked at
 * @throws AmbiguousLink where an enterprise is known on several links and none was named
 */
export async function recognise(
  parts: RecognitionParts,
  ids: readonly string[],
  { on, asOf }: ReadTime,
  link?: string,
): Promise<Recognition[]> {
  const now = parts.now();
  const links = link === undefined ? [...parts.links.keys()] : [link];
  const day = dayOf(on, asOf ?? now);
  const found = await readStandings(parts.database, ids, links, day, asOf);
  return answerAll(parts, ids, { links, day, now, asOf }, found);
}

/** Recognition of single operators today, on every link: what comes at the same time shares a statement. */
export class RecognitionToday {
  readonly #parts: RecognitionParts;
  readonly #links: string[];
  readonly #reads: GatheredReads<EnterpriseThen>;

  constructor(parts: RecognitionParts) {
    this.#parts = parts;
    this.#links = [...parts.links.keys()];
    const { database, now } = parts;
    this.#reads = new GatheredReads((ids) =>
      readStandings(database, ids, this.#links, dayOf(undefined, now())),
    );
  }

  /** @throws AmbiguousLink */
  async ask(id: string): Promise<Recognition | undefined> {
    const before = dayOf(undefined, this.#parts.now());
    const found = await this.#reads.read(id);
    const now = this.#parts.now();
    const day = dayOf(undefined, now);
    // Midnight passed meanwhile: the day that was read for is not the day of the answer.
    if (day('CN') !== before('CN') || day('US') !== before('US'))
      return (await recognise(this.#parts, [id], {}))[0];
    return answerAll(this.#parts, [id], { links: this.#links, day, now, asOf: undefined }, found)[0];
  }
}

function answerAll(
  parts: RecognitionParts,
  ids: readonly string[],
  { links, day, now, asOf }: { links: readonly string[]; day: DayOf; now: Date; asOf: Date | undefined },
  found: readonly EnterpriseThen[],
): Recognition[] {
  const known = byId(found);
  return ids.map((id) => {
    const then = known.get(id);
    const at = then?.link ?? (links.length === 1 ? links[0] : undefined);
    const party = partyOf(id) ?? parts.party;
    const age =
      asOf ?? (party === parts.party ? now : freshness(parts, at === undefined ? links : [at], then));
    return answer(id, at, day(party), age, then, parts.links);
  });
}

/** An enterprise that several links know: which arrangement is meant? */
export class AmbiguousLink extends Error {
  override readonly name = 'AmbiguousLink';
  readonly links: readonly string[];
  constructor(id: string, links: readonly string[]) {
    super(`${id} is known on several links; name one: ${links.join(', ')}.`);
    this.links = links;
  }
}

function byId(found: readonly EnterpriseThen[]): Map<string, EnterpriseThen> {
  const known = new Map<string, EnterpriseThen>();
  for (const then of found) {
    if (!then.standing && !then.record) continue;
    const other = known.get(then.id);
    if (other) throw new AmbiguousLink(then.id, [other.link, then.link].sort());
    known.set(then.id, then);
  }
  return known;
}

function answer(
  id: string,
  link: string | undefined,
  on: string,
  asOf: Date | null,
  then: EnterpriseThen | undefined,
  links: ReadonlyMap<string, Link>,
): Recognition {
  const table = links.get(link ?? '')?.recognition ?? [];
  const decision = decideRecognition(then?.standing, then?.record, table, on);
  const { standing, record } = then ?? {};
  const gradeMember = gradeMemberOf(partyOf(id) ?? 'CN');
  const basis = [standing?.message, standing && record?.message].filter((message) => message !== undefined);
  return {
    id,
    link: link ?? null,
    recognised: decision.recognised,
    reason: decision.reason,
    regime: standing?.regime ?? null,
    [gradeMember]: standing?.grade ?? null,
    status: standing?.status ?? null,
    since: standing?.since ?? null,
    on,
    benefits: decision.benefits,
    basis: [...new Set(basis)],
    asOf,
  };
}

/** The oldest of the links that could have told; what is on record was heard at least then. */
function freshness(
  { lastHeard }: RecognitionParts,
  links: readonly string[],
  then: EnterpriseThen | undefined,
): Date | null {
  const times = links.map((link) => lastHeard(link));
  const received = [then?.standing?.receivedAt, then?.record?.receivedAt];
  if (then) times.push(...received);
  const known = times.filter((time) => time !== undefined);
  if (then) return known.reduce<Date | null>((latest, at) => (latest && latest > at ? latest : at), null);
  if (known.length < links.length) return null;
  return known.reduce<Date | null>((oldest, at) => (oldest && oldest < at ? oldest : at), null);
}
