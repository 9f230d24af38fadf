import { describe, expect, test } from 'vitest';
import type { CertificationChange } from '../../../src/contract/messages.ts';
import { change, decision, found } from './canonical-messages.ts';

type Change = CertificationChange['change'];
type From = CertificationChange['from']['status'];
type To = CertificationChange['to']['status'];

const froms = ['none', 'applicant', 'certified', 'suspended', 'revoked', 'expired', 'withdrawn'] as const;

/** domain.md 4.3, written out once more so that a slip in the code list shows. */
const table: Record<Change, Partial<Record<From, To>>> = {
  granted: {
    none: 'certified',
    applicant: 'certified',
    revoked: 'certified',
    expired: 'certified',
    withdrawn: 'certified',
  },
  upgraded: { certified: 'certified' },
  downgraded: { certified: 'certified' },
  reclassified: { certified: 'certified', suspended: 'suspended' },
  suspended: { certified: 'suspended' },
  reinstated: { suspended: 'certified' },
  revoked: { certified: 'revoked', suspended: 'revoked' },
  expired: { certified: 'expired', suspended: 'expired' },
  withdrawn: { certified: 'withdrawn', suspended: 'withdrawn' },
};

function transitionErrors(name: Change, from: From, to: To): string[] {
  const data = { ...change(), change: name, from: { status: from }, to: { status: to } };
  return found(decision(data)).errors.filter(
    (error) => error.startsWith('illegal-transition') && error.endsWith('/status'),
  );
}

describe('4.3: each change leads from its statuses to its own, and nowhere else', () => {
  test.each(Object.keys(table) as Change[])('%s', (name) => {
    for (const from of froms) {
      for (const to of froms) {
        if (to === 'none') continue;
        expect([from, to, transitionErrors(name, from, to).length === 0]).toEqual([
          from,
          to,
          table[name][from] === to,
        ]);
      }
    }
  });

  test('an illegal end is named', () => {
    expect(transitionErrors('suspended', 'suspended', 'certified')).toEqual([
      'illegal-transition /from/status',
      'illegal-transition /to/status',
    ]);
  });

  test('a correction is exempt, and doubted', () => {
    const changes = [{ pointer: '/change', old: 'suspended', new: 'reinstated' }];
    const messageId = '01a20922-7c00-7b3e-9d5a-0f3c2b1a4d5e';
    const correction = { messageId, version: 3, reason: 'wrong word', changes };
    expect(found(decision({ ...change(), change: 'reinstated', correction }))).toEqual({
      errors: [],
      warnings: ['illegal-transition /from/status', 'illegal-transition /to/status'],
    });
  });
});

describe('4.3: upgraded is better, downgraded is worse', () => {
  const chinese = (
    name: Change,
    from: 'certified' | 'advanced-certified',
    to: 'certified' | 'advanced-certified',
  ) =>
    found(
      decision({
        ...change(),
        change: name,
        from: { status: 'certified', class: from },
        to: { status: 'certified', class: to },
      }),
    ).errors;

  test('of classes', () => {
    expect(chinese('upgraded', 'certified', 'advanced-certified')).toEqual([]);
    expect(chinese('upgraded', 'advanced-certified', 'certified')).toEqual(['change-direction /to/class']);
    expect(chinese('upgraded', 'certified', 'certified')).toEqual(['change-direction /to/class']);
    expect(chinese('downgraded', 'advanced-certified', 'certified')).toEqual([]);
    expect(chinese('downgraded', 'certified', 'advanced-certified')).toEqual(['change-direction /to/class']);
  });

  test('of tiers, III being best', () => {
    const american = (name: Change, from: 'I' | 'III', to: 'I' | 'III') =>
      found(
        decision({
          ...change(),
          enterprise: { id: 'US10000042', name: { latin: 'Harbor Imports Inc.' } },
          programme: 'US-CTPAT',
          regime: 'CTPAT',
          change: name,
          from: { status: 'certified', tier: from },
          to: { status: 'certified', tier: to },
        }),
        { sender: 'US' },
      ).errors;
    expect(american('upgraded', 'I', 'III')).toEqual([]);
    expect(american('downgraded', 'I', 'III')).toEqual(['change-direction /to/tier']);
  });

  test('within one regime', () => {
    const data = {
      ...change(),
      change: 'upgraded',
      from: { status: 'certified', class: 'general-certified', regime: 'GACC-237' },
      to: { status: 'certified', class: 'advanced-certified' },
    } as const;
    expect(found(decision(data)).errors).toEqual(['illegal-transition /from/regime']);
  });
});

describe('4.3: reclassified keeps the status under another regime', () => {
  const data = {
    ...change(),
    change: 'reclassified',
    to: { status: 'certified', class: 'advanced-certified' },
  } as const;

  test('from GACC-251 to GACC-282', () => {
    const from = { status: 'certified', class: 'advanced-certified', regime: 'GACC-251' } as const;
    expect(found(decision({ ...data, from })).errors).toEqual([]);
    expect(found(decision({ ...data, from: { ...from, status: 'suspended' } })).errors).toEqual([
      'illegal-transition /to/status',
    ]);
  });

  test('and not to the regime it leaves', () => {
    const from = { status: 'certified', class: 'advanced-certified', regime: 'GACC-282' } as const;
    expect(found(decision({ ...data, from })).errors).toEqual(['illegal-transition /from/regime']);
  });
});

test('the receiver warns of an illegal transition', () => {
  const data = { ...change(), change: 'reinstated' } as const;
  const { errors, warnings } = found(decision(data), { side: 'receiver' });
  expect(errors).toEqual([]);
  expect(warnings).toEqual(['illegal-transition /from/status', 'illegal-transition /to/status']);
});
