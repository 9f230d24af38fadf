import { describe, expect, it } from 'vitest';
import { applyToCells, emptySubject, type SubjectState } from '../../src/contract/cells.ts';
import { checkAgainstRegister } from '../../src/contract/check-against-register.ts';
import { checkMessage } from '../../src/contract/check-message.ts';
import type { BusinessMessage } from '../../src/contract/messages.ts';
import { tellPilot } from '../../src/demo/pilot-2008.ts';

const now = new Date('2026-11-24T00:00:00Z');
const policy = { usccCheckDigits: 'refuse', consentRequired: true } as const;

const subjectOf = ({ type, data }: BusinessMessage): string =>
  type === 'validation-result' ? data.validationId : data.enterprise.id;

/** Plays the pilot against both registers; returns what was found wrong and how every subject stands after it. */
function play(): { wrong: unknown[]; register: Map<string, SubjectState> } {
  const register = new Map<string, SubjectState>();
  const wrong: unknown[] = [];
  for (const { from, messages } of tellPilot()) {
    for (const message of messages) {
      const { errors, warnings } = checkMessage(message.type, message.data, {
        side: 'sender',
        sender: from,
        now,
        skewMs: 120_000,
        policy,
      });
      const state = register.get(subjectOf(message)) ?? emptySubject;
      wrong.push(...errors, ...warnings, ...checkAgainstRegister(message, state, { policy }));
      const version = state.lastVersion + 1;
      register.set(
        subjectOf(message),
        applyToCells(state, message, { version, messageId: String(version), at: now }),
      );
    }
  }
  return { wrong, register };
}

const all = tellPilot().flatMap(({ messages }) => messages);
const results = all.flatMap((message) => (message.type === 'validation-result' ? [message.data] : []));
const records = all.flatMap((message) => (message.type === 'enterprise-status' ? [message.data] : []));
const changes = all.flatMap((message) => (message.type === 'certification-change' ? [message.data] : []));

describe('the second joint-validation pilot, October 2008', () => {
  it('says only what the contract and both registers allow, without a warning', () => {
    expect(play().wrong).toEqual([]);
  });

  it('visits 16 facilities in Shenzhen and Dongguan, China leading: 14 pass, 2 fail, some with actions', () => {
    expect(results).toHaveLength(16);
    expect(new Set(results.map(({ facility }) => facility.address.city))).toEqual(
      new Set(['Shenzhen', 'Dongguan']),
    );
    expect(
      results.every(({ lead, kind, round }) => lead === 'CN' && kind === 'joint' && round === 'CN-US-2008-2'),
    ).toBe(true);
    expect(results.every(({ visit }) => visit.from >= '2008-10-01' && visit.to <= '2008-10-31')).toBe(true);
    expect(results.filter(({ outcome }) => outcome === 'failed')).toHaveLength(2);
    expect(results.filter(({ outcome }) => outcome === 'passed-with-actions').length).toBeGreaterThan(0);
  });

  it('every facility is an applicant under GACC-170 with consent before its visit', () => {
    for (const { enterpriseId, visit } of results) {
      const record = records.find(({ enterprise }) => enterprise.id === enterpriseId);
      expect(record).toMatchObject({
        status: 'applicant',
        regime: 'GACC-170',
        consent: { givenOn: expect.any(String) },
      });
      expect(String(record?.statusSince) < visit.from).toBe(true);
    }
  });

  it('every sponsor is a C-TPAT importer of tier I', () => {
    for (const { sponsor } of results) {
      const record = records.find(({ enterprise }) => enterprise.id === `US${sponsor?.value}`);
      expect(record).toMatchObject({ tier: 'I', status: 'certified', enterprise: { roles: ['importer'] } });
    }
  });

  it('China grants AA to the 14 and nothing to the 2, after the visits', () => {
    const passed = results
      .filter(({ outcome }) => outcome !== 'failed')
      .map(({ enterpriseId }) => enterpriseId);
    const granted = changes.filter(({ programme }) => programme === 'CN-AEO');
    expect(granted.map(({ enterprise }) => enterprise.id).sort()).toEqual(passed.sort());
    expect(granted.every(({ change, to }) => change === 'granted' && to.class === 'AA')).toBe(true);
    expect(
      granted.every(({ decidedOn, effectiveOn }) => decidedOn > '2008-10-31' && effectiveOn < '2009-01-01'),
    ).toBe(true);
  });

  it('the United States raise to tier II each sponsor that has a facility that passed', () => {
    const sponsors = new Set(
      results.filter(({ outcome }) => outcome !== 'failed').map(({ sponsor }) => `US${sponsor?.value}`),
    );
    const raised = changes.filter(({ programme }) => programme === 'US-CTPAT');
    expect(new Set(raised.map(({ enterprise }) => enterprise.id))).toEqual(sponsors);
    expect(
      raised.every(
        ({ change, to, decidedOn }) =>
          change === 'upgraded' && to.tier === 'II' && decidedOn.startsWith('2008'),
      ),
    ).toBe(true);
    const { register } = play();
    const lonely = [...register].filter(
      ([id, { standing }]) => id.startsWith('US') && standing?.grade === 'I',
    );
    expect(lonely.length).toBeGreaterThan(0);
  });
});
