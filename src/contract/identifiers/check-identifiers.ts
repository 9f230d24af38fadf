import type { Identifier } from '../../generated/messages.ts';
import type { CheckContext } from '../check-context.ts';
import type { Issue } from '../issue.ts';
import { partyOf } from '../party.ts';
import { isCanonicalId, registrationIn, registrationSchemeOf } from './canonical-id.ts';
import { hasIdentifierShape } from './identifier-shape.ts';
import { hasLegalEntityCheck } from './legal-entity-identifier.ts';
import { type ManufacturerAddress, matchesMid } from './manufacturer-id.ts';
import { hasUnifiedSocialCreditChecks } from './unified-social-credit-code.ts';

/** A holder of identifiers: an enterprise or a facility. */
export interface Identified {
  readonly identifiers: readonly Identifier[];
  readonly latinName: string;
  readonly addresses: readonly ManufacturerAddress[];
  /** Where the identifiers stand in the data. */
  readonly pointer: string;
}

/** domain.md 2: each value has the shape of its scheme, as if the schema said so. */
export function checkIdentifierShapes(identifiers: readonly Identifier[], pointer: string): Issue[] {
  const issues: Issue[] = [];
  for (const [i, identifier] of identifiers.entries()) {
    issues.push(...checkIdentifierShape(identifier, `${pointer}/${i}`));
  }
  return issues;
}

export function checkIdentifierShape({ scheme, value }: Identifier, pointer: string): Issue[] {
  if (hasIdentifierShape(scheme, value)) return [];
  const message = `this value does not have the shape of ${scheme}`;
  return [{ pointer: `${pointer}/value`, code: 'identifier-shape', rule: '2', message }];
}

/** domain.md 2: check digits. A value of the wrong shape has been named already. */
export function checkCheckDigits({ identifiers, pointer }: Identified, { policy }: CheckContext): Issue[] {
  const issues: Issue[] = [];
  for (const [i, { scheme, value }] of identifiers.entries()) {
    if (!hasIdentifierShape(scheme, value)) continue;
    if (scheme === 'lei' && !hasLegalEntityCheck(value)) {
      issues.push({
        pointer: `${pointer}/${i}/value`,
        code: 'lei-check-digit',
        rule: '2',
        message: 'the check digits do not fit this legal entity identifier (ISO 17442)',
      });
    }
    if (scheme === 'gacc.uscc' && policy.usccCheckDigits === 'refuse')
      issues.push(...creditCode(value, pointer, i));
  }
  return issues;
}

/** domain.md 2: what is doubtful and refused by nobody. */
export function doubtIdentifiers(holder: Identified, { policy }: CheckContext): Issue[] {
  const issues: Issue[] = [];
  for (const [i, { scheme, value }] of holder.identifiers.entries()) {
    if (!hasIdentifierShape(scheme, value)) continue;
    if (scheme === 'gacc.uscc' && policy.usccCheckDigits === 'warn') {
      issues.push(...creditCode(value, holder.pointer, i));
    } else if (scheme === 'cbp.svi') {
      issues.push({
        pointer: `${holder.pointer}/${i}`,
        code: 'svi-legacy',
        rule: '2',
        message: 'CBP has abolished the SVI number; it proves no status',
      });
    } else if (
      scheme === 'cbp.mid' &&
      !holder.addresses.some((a) => matchesMid(value, holder.latinName, a))
    ) {
      issues.push({
        pointer: `${holder.pointer}/${i}/value`,
        code: 'mid-mismatch',
        rule: '2',
        message: 'this MID cannot be derived from the Latin name and any address given (19 CFR 102 appendix)',
      });
    }
  }
  return issues;
}

function creditCode(value: string, pointer: string, index: number): Issue[] {
  if (hasUnifiedSocialCreditChecks(value)) return [];
  return [
    {
      pointer: `${pointer}/${index}/value`,
      code: 'uscc-check-digit',
      rule: '2',
      message: 'a check digit does not fit this unified social credit code (GB 32100, GB 11714)',
    },
  ];
}

/** domain.md 2: the id of a record is its country and the value of its one registration. */
export function checkRegistration(id: string, identifiers: readonly Identifier[]): Issue[] {
  const party = partyOf(id);
  if (party === undefined) return [];
  const scheme = registrationSchemeOf(party);
  const own = identifiers.filter((identifier) => identifier.scheme === scheme);
  if (own.length !== 1) {
    return [
      {
        pointer: '/enterprise/identifiers',
        code: 'id-registration',
        rule: '2',
        message: `exactly one ${scheme} is needed; there are ${own.length}`,
      },
    ];
  }
  if (own[0]?.value === registrationIn(id)) return [];
  return [
    {
      pointer: '/enterprise/id',
      code: 'id-registration',
      rule: '2',
      message: `the id must be ${party} followed by the value of its ${scheme}`,
    },
  ];
}

/** domain.md 2: an id that stands without its identifiers still has the shape of a registration. */
export function checkIdShape(id: string, pointer: string): Issue[] {
  const party = partyOf(id);
  if (party === undefined || isCanonicalId(id)) return [];
  const message = `an id of ${party} is ${party} followed by a ${registrationSchemeOf(party)}`;
  return [{ pointer, code: 'id-shape', rule: '2', message }];
}
