import type { Logger } from 'pino';
import type { LaneRef } from '../delivery/claim-lane.ts';
import type { SentRequest } from '../delivery/send-sets.ts';

type DebugLog = Pick<Logger, 'debug' | 'isLevelEnabled'>;

/** Ids of one line; a batch has up to a thousand, and the database has them all. */
const IDS_MAX = 50;

/** What was accepted, with its ids: only at the level debug, and nothing is made for it at others. */
export function logAccepted(log: DebugLog, accepted: readonly { id: string; link: string }[]): void {
  if (accepted.length === 0 || !log.isLevelEnabled('debug')) return;
  const messages = accepted.slice(0, IDS_MAX).map(({ id }) => id);
  log.debug({ link: accepted[0]?.link, count: accepted.length, messages }, 'messages accepted');
}

/** What the partner answered, with the ids of what it took and refused. */
export function logRequest(log: DebugLog, ref: LaneRef, { answer, status, ms }: SentRequest): void {
  if (answer.kind !== 'answered' || !log.isLevelEnabled('debug')) return;
  const { delivered, refused } = answer;
  log.debug(
    {
      ...ref,
      status,
      ms,
      count: delivered.length,
      messages: delivered.slice(0, IDS_MAX),
      refused: refused.slice(0, IDS_MAX).map(({ id, err }) => ({ message: id, err })),
    },
    'messages answered by the partner',
  );
}
