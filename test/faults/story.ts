import type { Party } from '../../src/contract/party.ts';

/** The day on which everything of the story was decided; its standing holds from then on. */
const DAY = '2026-11-20';

export interface StoryMessage {
  type: 'enterprise-status' | 'certification-change';
  data: object;
}

/**
 * The n-th message about an enterprise: a record, then in turn a suspension (urgent), a reinstatement, and the record
 * again with something new. Each is legal only after the one before it.
 */
export function storyMessage(party: Party, subject: string, n: number): StoryMessage {
  const turn = n % 3;
  if (n === 0 || turn === 0) return { type: 'enterprise-status', data: recordOf(party, subject, n) };
  const change = turn === 1 ? 'suspended' : 'reinstated';
  return { type: 'certification-change', data: changeOf(party, subject, change) };
}

export function subjectOf(party: Party, serial: number): string {
  return `${party}${party === 'CN' ? '44' : '10'}${String(10_000_000 + serial)}`;
}

const NAMES: Record<Party, string> = {
  CN: 'Shenzhen Hengda Electronics Co., Ltd.',
  US: 'Hengda America Imports, Inc.',
};

function recordOf(party: Party, subject: string, n: number): object {
  const chinese = party === 'CN';
  const scheme = chinese ? 'gacc.customs-registration' : 'cbp.ctpat-account';
  const native = { native: { text: '深圳恒达电子有限公司', lang: 'zh-Hans' } };
  const address = chinese
    ? { lines: ['No. 1288 Longgang Avenue'], city: 'Shenzhen', country: 'CN' }
    : { lines: ['1288 Harbor Boulevard'], city: 'Long Beach', country: 'US' };
  return {
    enterprise: {
      id: subject,
      identifiers: [{ scheme, value: subject.slice(2) }],
      name: { ...(chinese ? native : {}), latin: NAMES[party] },
      addresses: [{ type: 'site', ...address }],
      roles: [chinese ? 'exporter' : 'importer'],
    },
    ...programmeOf(party),
    ...gradeOf(party),
    status: 'certified',
    statusSince: DAY,
    certifiedOn: '2023-06-12',
    consent: { givenOn: '2023-06-12' },
    occasion: 'periodic',
    reason: `seen for the ${n}th time`,
  };
}

function changeOf(party: Party, subject: string, change: 'suspended' | 'reinstated'): object {
  const [from, to] = change === 'suspended' ? ['certified', 'suspended'] : ['suspended', 'certified'];
  return {
    enterprise: { id: subject, name: { latin: NAMES[party] } },
    ...programmeOf(party),
    change,
    from: { status: from, ...gradeOf(party) },
    to: { status: to, ...gradeOf(party) },
    decidedOn: DAY,
    effectiveOn: DAY,
    ...(change === 'suspended' ? { reasonCode: 'failed-validation' } : {}),
  };
}

function programmeOf(party: Party): object {
  return party === 'CN'
    ? { programme: 'CN-AEO', regime: 'GACC-282' }
    : { programme: 'US-CTPAT', regime: 'CTPAT' };
}

function gradeOf(party: Party): object {
  return party === 'CN' ? { class: 'advanced-certified' } : { tier: 'II' };
}
