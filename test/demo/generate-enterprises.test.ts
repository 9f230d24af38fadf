import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { applyToCells, emptySubject, type SubjectState } from '../../src/contract/cells.ts';
import { checkAgainstRegister } from '../../src/contract/check-against-register.ts';
import { checkMessage } from '../../src/contract/check-message.ts';
import type { BusinessMessage } from '../../src/contract/messages.ts';
import type { Party } from '../../src/contract/party.ts';
import { periodicUpdate, suspensionOf } from '../../src/demo/enterprise-story.ts';
import { generateEnterprises, REGISTER_SIZES } from '../../src/demo/generate-enterprises.ts';
import { gaccClasses, regimes, roles } from '../../src/generated/codes.ts';

const now = new Date('2026-11-24T00:00:00Z');
const policy = { usccCheckDigits: 'refuse', consentRequired: true } as const;

/** Submits messages in order to a register of one subject and returns everything that was found wrong. */
function submit(party: Party, messages: readonly BusinessMessage[]): string[] {
  let state: SubjectState = emptySubject;
  return messages.flatMap((message, i) => {
    const { errors, warnings } = checkMessage(message.type, message.data, {
      side: 'sender',
      sender: party,
      now,
      skewMs: 120_000,
      policy,
    });
    const refused = checkAgainstRegister(message, state, { policy });
    state = applyToCells(state, message, { version: i + 1, messageId: String(i + 1), at: now });
    return [...errors, ...warnings, ...refused].map(
      ({ pointer, code }) => `${JSON.stringify(message.data)} ${pointer} ${code}`,
    );
  });
}

const digest = (party: Party, seed: number, count: number): string => {
  const hash = createHash('sha256');
  for (const enterprise of generateEnterprises(party, seed, count)) hash.update(JSON.stringify(enterprise));
  return hash.digest('hex');
};

describe('the invented registers', () => {
  it.each(['CN', 'US'] as const)(
    'every message of %s is what the contract says, without a warning',
    (party) => {
      const wrong: string[] = [];
      const ids = new Set<string>();
      const identifiers = new Set<string>();
      for (const enterprise of generateEnterprises(party, 2008, REGISTER_SIZES[party])) {
        ids.add(enterprise.id);
        for (const { scheme, value } of enterprise.latest.enterprise.identifiers) {
          if (scheme === 'gacc.uscc' || scheme === 'cbp.ctpat-account') identifiers.add(value);
        }
        const repeated = [periodicUpdate(enterprise, 1), periodicUpdate(enterprise, 2)];
        wrong.push(...submit(party, [...enterprise.messages, ...repeated]));
      }
      expect(wrong.slice(0, 5)).toEqual([]);
      expect(ids.size).toBe(REGISTER_SIZES[party]);
      expect(identifiers.size).toBe(REGISTER_SIZES[party]);
    },
  );

  it('the same seed gives the same register, another seed another', () => {
    expect(digest('CN', 7, 200)).toBe(digest('CN', 7, 200));
    expect(digest('US', 7, 200)).toBe(digest('US', 7, 200));
    expect(digest('CN', 7, 200)).not.toBe(digest('CN', 8, 200));
    expect(digest('US', 7, 200)).not.toBe(digest('US', 8, 200));
  });

  it('a larger register begins with the same enterprises as a smaller one', () => {
    const small = [...generateEnterprises('CN', 2008, 20)];
    const large = [...generateEnterprises('CN', 2008, 40)];
    expect(large.slice(0, 20)).toEqual(small);
  });

  it('all roles, tiers, regimes and statuses are in them, and most changes', () => {
    const seen = new Set<string>();
    for (const party of ['CN', 'US'] as const) {
      for (const { messages, latest } of generateEnterprises(party, 2008, REGISTER_SIZES[party])) {
        for (const role of latest.enterprise.roles) seen.add(`${party} ${role}`);
        for (const { data, type } of messages) {
          if (type === 'enterprise-status')
            seen
              .add(data.status)
              .add(data.regime)
              .add(data.class ?? '')
              .add(`tier ${data.tier}`);
          if (type === 'certification-change') seen.add(data.change);
        }
      }
    }
    const changes = [
      'granted',
      'upgraded',
      'downgraded',
      'reclassified',
      'suspended',
      'reinstated',
      'revoked',
      'expired',
      'withdrawn',
    ];
    const statuses = ['applicant', 'certified', 'suspended', 'revoked', 'expired', 'withdrawn'];
    const classes = gaccClasses
      .map(({ code }) => code)
      .filter((code) => code !== 'A' && code !== 'general-certified');
    const wanted = [
      ...roles.map(({ code }) => `US ${code}`),
      ...['tier I', 'tier II', 'tier III'],
      ...regimes.map(({ code }) => code),
      ...changes,
      ...statuses,
      ...classes,
    ];
    expect(wanted.filter((code) => !seen.has(code))).toEqual([]);
  });

  it('a certified enterprise of the register can be suspended, urgently', () => {
    const enterprise = [...generateEnterprises('CN', 2008, 50)].find(
      ({ latest }) => latest.status === 'certified',
    );
    if (!enterprise) throw new Error('none is certified');
    const suspension = suspensionOf('CN', enterprise, '2026-11-23', 'security-incident');
    expect(submit('CN', [...enterprise.messages, suspension])).toEqual([]);
    expect(suspension.data).not.toHaveProperty('urgent');
  });
});
