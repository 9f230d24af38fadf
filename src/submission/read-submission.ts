import type { CheckContext } from '../contract/check-context.ts';
import { checkMessage } from '../contract/check-message.ts';
import type { Issue } from '../contract/issue.ts';
import { type BusinessType, isBusinessType, isUrgent, subjectOf } from '../contract/messages.ts';
import type { Party } from '../contract/party.ts';
import { TXN_LENGTH_MAX } from '../envelope/check-claims.ts';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import type { Link } from '../links/link.ts';
import { type CheckedSubmission, type Refusal, type RefusalCode, underData } from './submission.ts';

/** `data` of one message: generous for a record with every member, small enough for 4 MiB requests of many. */
export const DATA_BYTES_MAX = 262_144;

export interface ReadingParts {
  party: Party;
  links: ReadonlyMap<string, Link>;
}

/** The caller's rights that bear on a submission. */
export interface Submitter {
  name: string;
  /** The only link that this token may use, if it is bound to one. */
  link?: string;
}

/** The back end's case number; longer ones are content and belong into the message. */
const TXN = new RegExp(`^[^\\p{Cc}\\p{Cs}]{1,${TXN_LENGTH_MAX}}$`, 'u');

const MEMBERS = new Set(['type', 'data', 'link', 'txn', 'toe', 'expectedVersion']);

/**
 * Reads one submitted message `{type, data, link?, txn?, toe?, expectedVersion?}` and checks all that can be
 * checked without the register, all errors at once.
 */
export function readSubmission(
  body: unknown,
  parts: ReadingParts,
  submitter: Submitter,
  now: Date,
): CheckedSubmission | Refusal {
  if (!isJsonObject(body)) {
    return refusal('malformed', 'A message is a JSON object {type, data}.', [
      {
        pointer: '',
        code: 'wrong-type',
        message: 'must be an object {type, data, link?, txn?, toe?, expectedVersion?}',
      },
    ]);
  }
  const envelope = readEnvelope(body);
  if ('errors' in envelope)
    return refusal('invalid-message', 'The message is not as the contract says.', envelope.errors);

  const link = chooseLink(envelope.link, parts.links, submitter);
  if ('code' in link) return link;
  const dataText = JSON.stringify(envelope.data);
  if (Buffer.byteLength(dataText) > DATA_BYTES_MAX) {
    return refusal(
      'too-large',
      `The data are over ${DATA_BYTES_MAX} bytes (256 KiB). Leave out what is not needed.`,
      [{ pointer: '/data', code: 'too-long', message: `must be at most ${DATA_BYTES_MAX} bytes of JSON` }],
    );
  }
  const { message, errors, warnings } = checkMessage(
    envelope.type,
    envelope.data,
    senderContext(parts.party, link, now),
  );
  if (!message) {
    return refusal('invalid-message', 'The message is not as the contract says.', underData(errors));
  }
  return {
    link,
    message,
    dataText,
    subject: subjectOf(message),
    urgent: isUrgent(message),
    ...(envelope.txn !== undefined ? { txn: envelope.txn } : {}),
    ...(envelope.toe !== undefined ? { toe: envelope.toe } : {}),
    ...(envelope.expectedVersion !== undefined ? { expectedVersion: envelope.expectedVersion } : {}),
    warnings: underData(warnings),
  };
}

function senderContext(party: Party, link: Link, now: Date): CheckContext {
  return { side: 'sender', sender: party, now, skewMs: link.skewMs, policy: link.policy };
}

interface Envelope {
  type: BusinessType;
  data: unknown;
  link?: string;
  txn?: string;
  toe?: Date;
  expectedVersion?: number;
}

function readEnvelope(body: Record<string, unknown>): Envelope | { errors: Issue[] } {
  const errors: Issue[] = [];
  const wrong = (pointer: string, code: Issue['code'], message: string): undefined => {
    errors.push({ pointer, code, message });
    return undefined;
  };
  for (const member of Object.keys(body)) {
    if (!MEMBERS.has(member)) {
      const pointer = `/${member.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      wrong(pointer, 'unknown-member', 'is not a member of a submitted message');
    }
  }
  const { type, data, link, txn, toe, expectedVersion } = body;
  if (type === undefined) wrong('/type', 'missing-member', 'is required');
  else if (typeof type !== 'string' || !isBusinessType(type)) {
    wrong('/type', 'unknown-code', 'must be enterprise-status, certification-change or validation-result');
  }
  if (data === undefined) wrong('/data', 'missing-member', 'is required');
  if (link !== undefined && typeof link !== 'string')
    wrong('/link', 'wrong-type', 'must be the id of a link');
  if (txn !== undefined && !(typeof txn === 'string' && TXN.test(txn))) {
    wrong(
      '/txn',
      'malformed',
      `must be a string of 1 to ${TXN_LENGTH_MAX} characters without control characters`,
    );
  }
  const toeDate = toe === undefined ? undefined : readInstant(toe);
  if (toeDate === null) wrong('/toe', 'malformed', 'must be an instant such as 2026-11-23T08:00:00.000Z');
  if (
    expectedVersion !== undefined &&
    !(Number.isSafeInteger(expectedVersion) && Number(expectedVersion) >= 0)
  ) {
    wrong('/expectedVersion', 'wrong-type', 'must be a whole number, 0 for a subject not sent yet');
  }
  if (errors.length > 0 || typeof type !== 'string' || !isBusinessType(type)) return { errors };
  return {
    type,
    data,
    ...(typeof link === 'string' ? { link } : {}),
    ...(typeof txn === 'string' ? { txn } : {}),
    ...(toeDate ? { toe: toeDate } : {}),
    ...(typeof expectedVersion === 'number' ? { expectedVersion } : {}),
  };
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

function readInstant(value: unknown): Date | null {
  if (typeof value !== 'string' || !INSTANT.test(value)) return null;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? null : date;
}

function chooseLink(
  id: string | undefined,
  links: ReadonlyMap<string, Link>,
  submitter: Submitter,
): Link | Refusal {
  const wanted = id ?? submitter.link ?? (links.size === 1 ? links.keys().next().value : undefined);
  const known = [...links.keys()].join(', ');
  if (wanted === undefined) {
    const detail = `This gateway has several links; name one: ${known}.`;
    return refusal('link-missing', detail, [{ pointer: '/link', code: 'missing-member', message: detail }]);
  }
  const link = links.get(wanted);
  if (!link) {
    const detail = `There is no link of that name; the links are: ${known}.`;
    return refusal('link-unknown', detail, [{ pointer: '/link', code: 'unknown-code', message: detail }]);
  }
  if (submitter.link !== undefined && submitter.link !== link.id) {
    const detail = `This token is for the link ${submitter.link} only.`;
    return refusal('link-forbidden', detail, []);
  }
  return link;
}

function refusal(code: RefusalCode, detail: string, errors: readonly Issue[]): Refusal {
  return { code, detail, errors };
}
