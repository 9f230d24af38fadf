import type { OwnMessageParts } from '../delivery/send-own-message.ts';
import { sendOwnMessage } from '../delivery/send-own-message.ts';
import type { LedgerDigest } from '../generated/messages.ts';
import type { Link } from '../links/link.ts';
import type { Transaction } from '../store/database.ts';
import type { StepDigest } from './read-digests.ts';
import { HOUR_MS } from './spans.ts';

/** Hours of one message, as its schema has it. */
const HOURS_PER_MESSAGE = 1_000;

/**
 * Says to the partner, signed, for which hours we found both sides equal, in the caller's transaction. The partner
 * compares for itself and answers with a digest of its own: then both have said it.
 *
 * @param digests hours that hold messages, ascending
 * @returns how many messages
 */
export async function announceAgreement(
  tx: Transaction,
  parts: OwnMessageParts,
  link: Link,
  digests: readonly StepDigest[],
  now: Date,
): Promise<number> {
  let messages = 0;
  for (let from = 0; from < digests.length; from += HOURS_PER_MESSAGE) {
    const data = digestData(digests.slice(from, from + HOURS_PER_MESSAGE));
    await sendOwnMessage(tx, parts, link, { type: 'ledger-digest', data }, now);
    messages += 1;
  }
  return messages;
}

/** @param of the issuer of the messages, where they are not ours */
export function digestData(digests: readonly StepDigest[], of?: string): LedgerDigest {
  const first = digests[0]?.start ?? 0;
  const last = digests.at(-1)?.start ?? 0;
  return {
    ...(of === undefined ? {} : { of }),
    since: new Date(first).toISOString(),
    until: new Date(last + HOUR_MS).toISOString(),
    hours: digests.map(({ start, count, hash }) => ({
      hour: new Date(start).toISOString(),
      count,
      hash: hash.toString('base64url'),
    })),
  };
}

export function digestsOf({ hours }: LedgerDigest): StepDigest[] {
  return hours.map(({ hour, count, hash }) => ({
    start: Date.parse(hour),
    count,
    hash: Buffer.from(hash, 'base64url'),
  }));
}
