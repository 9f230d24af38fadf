import { hash } from 'node:crypto';

/** The gateways' own messages have a lane of their own, so that receipts never wait behind a backlog. */
export const CONTROL_LANE = 'control';

/**
 * The lane of a subject: the same for all its messages, so that versions normally arrive in order. Lanes are
 * the sender's own affair; the receiver does not know of them.
 */
export function laneOf(subject: string, laneCount: number): string {
  return String(hash('sha256', subject, 'buffer').readUInt32BE(0) % laneCount);
}

export function lanesOf(laneCount: number): string[] {
  return [...Array.from({ length: laneCount }, (_, n) => String(n)), CONTROL_LANE];
}
