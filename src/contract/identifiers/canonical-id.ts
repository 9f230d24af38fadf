import type { IdentifierScheme } from '../../generated/codes.ts';
import type { Identifier } from '../../generated/messages.ts';
import { type Party, partyOf } from '../party.ts';
import { hasIdentifierShape } from './identifier-shape.ts';

/** The scheme whose value, after the country, is the `enterprise.id` (domain.md 2). */
const registrationSchemes = {
  CN: 'gacc.customs-registration',
  US: 'cbp.ctpat-account',
} as const satisfies Record<Party, IdentifierScheme>;

const COUNTRY_LENGTH = 2;

export function registrationSchemeOf(party: Party): IdentifierScheme {
  return registrationSchemes[party];
}

/** The registration that an id holds after its country. */
export function registrationIn(id: string): string {
  return id.slice(COUNTRY_LENGTH);
}

/** Whether the id is a party's country and a registration of the shape that this party gives out. */
export function isCanonicalId(id: string): boolean {
  const party = partyOf(id);
  return party !== undefined && hasIdentifierShape(registrationSchemes[party], registrationIn(id));
}

/** Whether the identifiers hold the registration from which this id is made, and no other of its scheme. */
export function bearsRegistrationOf(id: string, identifiers: readonly Identifier[]): boolean {
  const party = partyOf(id);
  if (party === undefined) return false;
  const own = identifiers.filter(({ scheme }) => scheme === registrationSchemes[party]);
  return own.length === 1 && own[0]?.value === registrationIn(id);
}
