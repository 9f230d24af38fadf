import type { Regime } from '../../generated/codes.ts';
import type { CertificationChange, EnterpriseStatus } from '../../generated/messages.ts';
import { regimeEntry, regimeOn } from '../codes.ts';
import type { Issue } from '../issue.ts';
import { type Party, partyOf } from '../party.ts';

/** domain.md 4.2: the regime of a record was in force at `statusSince`. */
export function checkRecordRegime({ enterprise, regime, statusSince }: EnterpriseStatus): Issue[] {
  return checkInForce(partyOf(enterprise.id), regime, statusSince);
}

/** domain.md 4.2: the regime of a change is in force at `effectiveOn`; that of `from` had begun by then. */
export function checkChangeRegime({ enterprise, regime, from, effectiveOn }: CertificationChange): Issue[] {
  const party = partyOf(enterprise.id);
  const issues = checkInForce(party, regime, effectiveOn);
  if (from.regime === undefined || party === undefined) return issues;
  if (regimeEntry(from.regime).party !== party) return [...issues, foreignRegime(party, '/from/regime')];
  if (regimeEntry(from.regime).from > effectiveOn)
    issues.push(notInForce(from.regime, effectiveOn, '/from/regime'));
  return issues;
}

function checkInForce(party: Party | undefined, regime: Regime, date: string): Issue[] {
  if (party === undefined) return [];
  if (regimeEntry(regime).party !== party) return [foreignRegime(party, '/regime')];
  return regimeOn(party, date) === regime ? [] : [notInForce(regime, date, '/regime')];
}

function foreignRegime(party: Party, pointer: string): Issue {
  return { pointer, code: 'regime-mismatch', rule: '4.2', message: `this is not a regime of ${party}` };
}

function notInForce(regime: Regime, date: string, pointer: string): Issue {
  return {
    pointer,
    code: 'regime-not-in-force',
    rule: '4.2',
    message: `${regime} was not in force on ${date}`,
  };
}
