import type { BusinessMessage, CertificationChange, EnterpriseStatus } from '../contract/messages.ts';
import { gradeMemberOf } from '../contract/party.ts';
import { changes, occasions, reasons, statuses } from '../generated/codes.ts';
import { compareJson, type JsonDifference } from './compare-json.ts';
import type { StoredVersion } from './state-at.ts';

/** One step of an enterprise's history: one message, and what it did. */
export interface HistoryStep {
  version: number;
  /** Where it stands among the others: a correction counts at the version that it corrects (domain.md 3.5). */
  countsAs: number;
  message: string;
  type: string;
  receivedAt: Date;
  /** What happened, as a code: a change, an occasion, `consent-given`, `consent-withdrawn`, `refused`, `erased`. */
  event: string;
  summary: { en: string; zh: string };
  /** How the enterprise stands by this step, and from which day on. */
  effective: string | null;
  regime: string | null;
  class?: string | null;
  tier?: string | null;
  status: string | null;
  reasonCode?: string;
  reason?: string;
  legalBasis?: string;
  relatedValidation?: string;
  consent?: EnterpriseStatus['consent'];
  /** What the record says otherwise than the one before it; of a correction, than the message it corrects. */
  changes: JsonDifference[];
  corrects?: { version: number; message: string };
  /** A greater correction counts in its place. */
  correctedBy?: { version: number; message: string };
  /** A greater version was here before it. */
  late: boolean;
}

/** A version with what its message says; null after an erasure. */
export interface ToldVersion {
  version: StoredVersion;
  data: BusinessMessage['data'] | null;
}

/** The order in which steps count: that of the versions, each followed by its corrections. */
export function byRank(a: StoredVersion, b: StoredVersion): number {
  return a.countsAs - b.countsAs || a.version - b.version;
}

/**
 * Tells steps as a reader wants them.
 *
 * @param told the steps, in the order of {@link byRank}
 * @param all every version of the subject, to know what corrects what and what came late
 * @param before the record before the first of the steps
 */
export function tellHistory(
  told: readonly ToldVersion[],
  all: readonly StoredVersion[],
  before: EnterpriseStatus | undefined,
): HistoryStep[] {
  let record = before;
  return told.map(({ version, data }) => {
    const step = tellStep(version, data, record, all);
    if (data && isRecord(version, data)) record = data;
    return step;
  });
}

function tellStep(
  version: StoredVersion,
  data: BusinessMessage['data'] | null,
  before: EnterpriseStatus | undefined,
  all: readonly StoredVersion[],
): HistoryStep {
  const { effective, regime, grade, status } = version;
  const event = eventOf(version, data, before);
  const gradeMember = gradeMemberOf(version.party);
  const winner = all
    .filter((other) => other.countsAs === version.countsAs && !other.refused)
    .sort(byRank)
    .at(-1);
  return {
    version: version.version,
    countsAs: version.countsAs,
    message: version.message,
    type: version.type,
    receivedAt: version.at,
    event,
    summary: summaryOf(event, version, data),
    effective,
    regime,
    [gradeMember]: grade,
    status,
    ...(data && version.type === 'certification-change' ? grounds(data as CertificationChange) : {}),
    ...(data && isRecord(version, data) ? recordMembers(data) : {}),
    changes: changesOf(version, data, before),
    ...(data?.correction
      ? { corrects: { version: data.correction.version, message: data.correction.messageId } }
      : {}),
    ...(winner && winner.version > version.version
      ? { correctedBy: { version: winner.version, message: winner.message } }
      : {}),
    late: all.some((other) => other.version > version.version && other.at < version.at),
  };
}

function eventOf(
  { refused, type }: StoredVersion,
  data: BusinessMessage['data'] | null,
  before: EnterpriseStatus | undefined,
): string {
  if (refused) return 'refused';
  if (!data) return 'erased';
  if (data.correction) return 'correction';
  if (type === 'certification-change') return (data as CertificationChange).change;
  const { consent, occasion } = data as EnterpriseStatus;
  if (consent?.withdrawnOn && !before?.consent?.withdrawnOn) return 'consent-withdrawn';
  if (before && consent && (!before.consent || before.consent.withdrawnOn) && !consent.withdrawnOn)
    return 'consent-given';
  return occasion;
}

const OWN_EVENTS: Readonly<Record<string, { en: string; zh: string }>> = {
  'consent-withdrawn': { en: 'Consent withdrawn', zh: '同意已撤回' },
  'consent-given': { en: 'Consent given', zh: '已给予同意' },
  refused: { en: 'Refused by the receiver', zh: '被接收方拒绝' },
  erased: { en: 'Content erased', zh: '内容已删除' },
};

function summaryOf(
  event: string,
  { effective, status, grade, countsAs }: StoredVersion,
  data: BusinessMessage['data'] | null,
): { en: string; zh: string } {
  const what = OWN_EVENTS[event] ??
    labelOf(changes, event) ??
    labelOf(occasions, event) ?? { en: event, zh: event };
  const to = status === null ? undefined : labelOf(statuses, status);
  const code = data && 'reasonCode' in data ? data.reasonCode : undefined;
  const why = code === undefined ? undefined : labelOf(reasons, code);
  const corrected = data?.correction;
  return {
    en: [
      corrected ? `${what.en} of version ${countsAs} (${corrected.reason})` : what.en,
      to && `${to.en}${grade === null ? '' : ` (${grade})`} from ${effective}`,
      why?.en,
    ]
      .filter(Boolean)
      .join(': '),
    zh: [
      corrected ? `${what.zh}（版本 ${countsAs}，${corrected.reason}）` : what.zh,
      to && `自 ${effective} 起${to.zh}${grade === null ? '' : `（${grade}）`}`,
      why?.zh,
    ]
      .filter(Boolean)
      .join('：'),
  };
}

function labelOf(
  list: readonly { code: string; label: { en: string; zh: string } }[],
  code: string,
): { en: string; zh: string } | undefined {
  return list.find((entry) => entry.code === code)?.label;
}

function grounds({ reasonCode, reason, legalBasis, relatedValidation }: CertificationChange) {
  return {
    ...(reasonCode === undefined ? {} : { reasonCode }),
    ...(reason === undefined ? {} : { reason }),
    ...(legalBasis === undefined ? {} : { legalBasis }),
    ...(relatedValidation === undefined ? {} : { relatedValidation }),
  };
}

function recordMembers({ consent, reason }: EnterpriseStatus) {
  return { ...(consent === undefined ? {} : { consent }), ...(reason === undefined ? {} : { reason }) };
}

function changesOf(
  version: StoredVersion,
  data: BusinessMessage['data'] | null,
  before: EnterpriseStatus | undefined,
): JsonDifference[] {
  if (data?.correction) return data.correction.changes;
  if (!data || !before || !isRecord(version, data)) return [];
  return compareJson(aboutEnterprise(before), aboutEnterprise(data));
}

/** Why a record was sent is no part of what it says of the enterprise. */
function aboutEnterprise({ occasion: _1, correction: _2, reason: _3, ...rest }: EnterpriseStatus): object {
  return rest;
}

function isRecord(
  { type, refused }: StoredVersion,
  _data: BusinessMessage['data'],
): _data is EnterpriseStatus {
  return type === 'enterprise-status' && !refused;
}
