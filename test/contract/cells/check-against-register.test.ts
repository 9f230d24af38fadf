import { describe, expect, test } from 'vitest';
import { applyToCells, emptySubject, type SubjectState } from '../../../src/contract/cells.ts';
import { checkAgainstRegister, inconsistencies } from '../../../src/contract/check-against-register.ts';
import type { LinkPolicy } from '../../../src/contract/check-context.ts';
import type {
  BusinessMessage,
  CertificationChange,
  EnterpriseStatus,
} from '../../../src/contract/messages.ts';
import { change, decision, record, result, status, validation } from '../rules/canonical-messages.ts';

const policy: LinkPolicy = { usccCheckDigits: 'refuse', consentRequired: true };
const correctionOf = (version: number) => ({
  correction: { messageId: '01a20922-7c00-7b3e-9d5a-0f3c2b1a4d5e', version, changes: [], reason: 'mistyped' },
});

function holding(...messages: BusinessMessage[]): SubjectState {
  return messages.reduce(
    (state, message, i) =>
      applyToCells(state, message, { version: i + 1, messageId: `m${i}`, at: new Date(i) }),
    emptySubject,
  );
}

function refused(message: BusinessMessage, state: SubjectState, link = policy): string[] {
  return checkAgainstRegister(message, state, { policy: link }).map(
    ({ code, pointer }) => `${code} ${pointer}`,
  );
}

const rec = (members: Partial<EnterpriseStatus> = {}) => status({ ...record(), ...members });
const dec = (members: Partial<CertificationChange> = {}) => decision({ ...change(), ...members });
const initial = rec({ occasion: 'initial-load' });
const reinstatement = dec({
  change: 'reinstated',
  from: { status: 'suspended', class: 'advanced-certified' },
  to: { status: 'certified', class: 'advanced-certified' },
});

describe('rule 2: a change is legal from the sender’s own register', () => {
  test('from the status it stands in', () => {
    expect(refused(dec(), holding(initial))).toEqual([]);
    expect(refused(reinstatement, holding(initial, dec()))).toEqual([]);
    expect(refused(reinstatement, holding(initial))).toEqual(['illegal-transition /from/status']);
    expect(refused(dec(), holding(initial, dec()))).toEqual(['illegal-transition /from/status']);
  });

  test('an enterprise that is not known stands at none', () => {
    const grant = dec({
      change: 'granted',
      from: { status: 'none' },
      to: { status: 'certified', class: 'certified' },
    });
    expect(refused(dec(), emptySubject)).toEqual(['illegal-transition /from/status']);
    expect(refused(grant, emptySubject, { ...policy, consentRequired: false })).toEqual([]);
  });

  test('from the class it stands in, where both are told', () => {
    const from = { status: 'certified', class: 'certified' } as const;
    expect(refused(dec({ from }), holding(initial))).toEqual(['illegal-transition /from/class']);
    const expired = rec({ status: 'expired', class: 'regular' });
    const grant = dec({
      change: 'granted',
      from: { status: 'expired' },
      to: { status: 'certified', class: 'certified' },
    });
    expect(refused(grant, holding(expired))).toEqual([]);
  });

  test('from the regime it stands in, where one is told', () => {
    const old = rec({ regime: 'GACC-251', statusSince: '2023-06-12' });
    const from = { status: 'certified', class: 'advanced-certified', regime: 'GACC-237' } as const;
    expect(refused(dec({ from }), holding(old))).toEqual(['illegal-transition /from/regime']);
    expect(refused(dec({ from: { ...from, regime: 'GACC-251' } }), holding(old))).toEqual([]);
    expect(refused(dec(), holding(old))).toEqual([]);
  });

  test('upgraded and downgraded within the regime it stands in', () => {
    const old = rec({ regime: 'GACC-251', statusSince: '2023-06-12' });
    const downgrade = dec({ change: 'downgraded', to: { status: 'certified', class: 'certified' } });
    expect(refused(downgrade, holding(old))).toEqual(['illegal-transition /regime']);
    expect(refused(downgrade, holding(initial))).toEqual([]);
  });

  test('from the greatest standing, in force or not', () => {
    const future = dec({ decidedOn: '2026-11-20', effectiveOn: '2027-01-01' });
    expect(refused(reinstatement, holding(initial, future))).toEqual([]);
  });
});

describe('4.3: a record that moves the status obeys the same table', () => {
  const moves = (from: EnterpriseStatus['status'] | undefined, to: EnterpriseStatus['status']) =>
    refused(
      rec({ status: to, occasion: 'change' }),
      from === undefined ? emptySubject : holding(rec({ status: from })),
    );
  const legal: Record<string, readonly string[]> = {
    none: ['applicant', 'certified'],
    applicant: ['certified'],
    certified: ['suspended', 'revoked', 'expired', 'withdrawn'],
    suspended: ['certified', 'revoked', 'expired', 'withdrawn'],
    revoked: ['certified'],
    expired: ['certified'],
    withdrawn: ['certified'],
  };
  const statuses = ['applicant', 'certified', 'suspended', 'revoked', 'expired', 'withdrawn'] as const;

  test.each([undefined, ...statuses])('from %s', (from) => {
    const possible = statuses.filter((to) => to === from || moves(from, to).length === 0);
    expect(possible).toEqual(statuses.filter((to) => to === from || legal[from ?? 'none']?.includes(to)));
    for (const to of statuses) {
      if (!possible.includes(to)) expect(moves(from, to)).toEqual(['illegal-transition /status']);
    }
  });

  test('one that repeats the status moves nothing', () => {
    for (const same of statuses) expect(moves(same, same)).toEqual([]);
  });

  test('initial-load is excepted, of an enterprise that is not known', () => {
    expect(refused(rec({ occasion: 'initial-load', status: 'suspended' }), emptySubject)).toEqual([]);
    expect(refused(initial, holding(rec()))).toEqual(['already-known /occasion']);
    expect(refused(initial, holding(dec()))).toEqual(['already-known /occasion']);
  });

  test('an enterprise whose only version was withdrawn is not known', () => {
    expect(refused(initial, { lastVersion: 1, details: null, standing: null })).toEqual([]);
  });
});

describe('rule 4: a record repeats the standing stated last, in force or not', () => {
  const pending = holding(initial, dec({ effectiveOn: '2027-01-01' }));

  test('one from before it is refused', () => {
    expect(refused(rec({ statusSince: '2026-12-31', status: 'suspended' }), pending)).toEqual([
      'change-pending /statusSince',
    ]);
    expect(refused(rec({ statusSince: '2027-01-01', status: 'suspended' }), pending)).toEqual([]);
  });

  test('but a correction is not', () => {
    expect(
      refused(rec({ statusSince: '2026-04-02', occasion: 'correction', ...correctionOf(1) }), pending),
    ).toEqual([]);
  });
});

describe('3.5: a correction', () => {
  test('names a version that exists', () => {
    expect(refused(rec({ occasion: 'correction', ...correctionOf(2) }), holding(initial))).toEqual([
      'correction-unknown /correction/version',
    ]);
    expect(refused(result({ ...validation(), ...correctionOf(1) }), emptySubject)).toEqual([
      'correction-unknown /correction/version',
    ]);
    expect(refused(result({ ...validation(), ...correctionOf(1) }), holding(result(validation())))).toEqual(
      [],
    );
  });

  test('names the message that holds the version, and is of its type', () => {
    const { messageId } = correctionOf(1).correction;
    const judged = (type: string, held: string) =>
      checkAgainstRegister(dec(correctionOf(2)), holding(initial, dec()), {
        policy,
        original: { messageId: held, type },
      }).map(({ code, pointer }) => `${code} ${pointer}`);
    expect(judged('certification-change', messageId)).toEqual([]);
    expect(judged('certification-change', 'another')).toEqual(['correction-unknown /correction/messageId']);
    expect(judged('enterprise-status', messageId)).toEqual(['correction-unknown /correction/version']);
  });

  test('is exempt from the transition table', () => {
    const state = holding(initial, dec());
    expect(refused(rec({ status: 'expired', occasion: 'correction', ...correctionOf(1) }), state)).toEqual(
      [],
    );
    expect(refused(dec(correctionOf(2)), state)).toEqual([]);
  });
});

describe('rule 5: consent', () => {
  const consent = { givenOn: '2023-06-12', withdrawnOn: '2026-11-01' };
  const { consent: _, ...without } = record();
  const withdrawn = status({ ...record(), status: 'suspended', consent });
  const downgrade = dec({ change: 'downgraded', to: { status: 'certified', class: 'certified' } });

  test('a change uses the consent last registered', () => {
    expect(refused(downgrade, holding(initial))).toEqual([]);
    expect(refused(reinstatement, holding(withdrawn))).toEqual(['consent-missing ']);
    expect(refused(downgrade, holding(status(without)))).toEqual(['consent-missing ']);
  });

  test('none is registered before the first record', () => {
    const grant = dec({
      change: 'granted',
      from: { status: 'none' },
      to: { status: 'certified', class: 'certified' },
    });
    expect(refused(grant, emptySubject)).toEqual(['consent-missing ']);
  });

  test('what stops benefits is always allowed', () => {
    const state = holding(status({ ...record(), consent }));
    for (const name of ['suspended', 'revoked', 'expired', 'withdrawn'] as const) {
      expect(refused(dec({ change: name }), state)).toEqual([]);
    }
    expect(refused(rec({ consent }), holding(initial))).toEqual([]);
  });

  test('nothing is asked where the link demands none, nor of a validation', () => {
    expect(refused(reinstatement, holding(withdrawn), { ...policy, consentRequired: false })).toEqual([]);
    expect(refused(result(validation()), emptySubject)).toEqual([]);
  });
});

describe('what a receiver flags of what it applies', () => {
  test('nothing of what fits', () => {
    expect(inconsistencies(initial, 1, emptySubject)).toEqual([]);
    expect(inconsistencies(dec(), 2, holding(initial))).toEqual([]);
    expect(inconsistencies(result(validation()), 1, emptySubject)).toEqual([]);
  });

  test('a from that is not where the version just before left off', () => {
    expect(inconsistencies(reinstatement, 2, holding(initial))).toEqual(['inconsistent']);
    expect(inconsistencies(dec(), 1, emptySubject)).toEqual(['inconsistent']);
    expect(inconsistencies(rec({ status: 'applicant' }), 2, holding(initial))).toEqual(['inconsistent']);
    expect(inconsistencies(rec({ statusSince: '2026-03-01' }), 2, holding(initial))).toEqual([
      'inconsistent',
    ]);
  });

  test('but not where that version is not held: what came early or late is not wrong', () => {
    expect(inconsistencies(reinstatement, 3, holding(initial))).toEqual([]);
    expect(inconsistencies(reinstatement, 2, holding(initial, dec(), reinstatement))).toEqual([]);
    expect(inconsistencies(dec(), 2, emptySubject)).toEqual([]);
  });

  test('an initial-load of an enterprise that was known before it', () => {
    expect(inconsistencies(initial, 2, holding(rec()))).toEqual(['initial-load']);
    const early = applyToCells(emptySubject, dec(), { version: 2, messageId: 'm', at: new Date(0) });
    expect(inconsistencies(initial, 1, early)).toEqual([]);
  });

  test('a change without the consent that is on record here', () => {
    const consent = { givenOn: '2023-06-12', withdrawnOn: '2026-11-01' };
    const state = holding(rec({ status: 'suspended', consent }));
    expect(inconsistencies(reinstatement, 2, state)).toEqual(['consent-missing']);
    expect(inconsistencies(reinstatement, 2, state, { consentRequired: false })).toEqual([]);
    expect(inconsistencies(dec(), 2, holding(initial))).toEqual([]);
  });

  test('a correction whose original is not here', () => {
    expect(inconsistencies(dec(correctionOf(3)), 4, holding(initial))).toEqual(['correction-unknown']);
    expect(inconsistencies(dec(correctionOf(4)), 4, holding(initial, dec()))).toEqual(['correction-unknown']);
    expect(inconsistencies(dec(correctionOf(2)), 3, holding(initial, dec()))).toEqual([]);
  });
});
