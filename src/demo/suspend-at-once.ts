import { setTimeout as delay } from 'node:timers/promises';
import type { LaneRef } from '../delivery/claim-lane.ts';
import { CONTROL_LANE } from '../delivery/lane-of.ts';
import { readFigures } from './await-receipts.ts';
import type { CalendarDate } from './calendar-dates.ts';
import { DemoError } from './demo-error.ts';
import type { DemoSide, DemoSides } from './demo-side.ts';
import { type DemoEnterprise, suspensionOf } from './enterprise-story.ts';
import type { ExpectedMessage } from './expected-messages.ts';

export interface UrgentSent {
  message: ExpectedMessage;
  /** Messages that waited when it was submitted and when its 202 had come, the fewer of both. */
  waiting: number;
  /** From its acceptance to the partner's answer, by the sender's times. */
  urgentMs: number;
}

export interface UrgentPlan {
  sides: DemoSides;
  /** A certified enterprise of China that nothing else is being said about. */
  enterprise: DemoEnterprise;
  on: CalendarDate;
  /** How many messages have to wait. */
  backlog: number;
  /** Submits messages until `enough` says so, or until there are no more. */
  fill: (enough: () => Promise<boolean>) => Promise<void>;
}

/** The lanes are open again before the urgent message is sent: begin with a half more than what has to wait. */
const MARGIN = 1.5;
const DELIVERED_TIMEOUT_MS = 60_000;

/**
 * Lets messages pile up, sends an urgent suspension in the midst of them, and times its delivery. Delivery keeps
 * pace with intake, so an operator's pause of the lanes makes the backlog; it ends just before the suspension.
 */
export async function suspendAtOnce({
  sides,
  enterprise,
  on,
  backlog,
  fill,
}: UrgentPlan): Promise<UrgentSent> {
  const lanes = await businessLanes(sides.CN);
  await steer(sides.CN, lanes, 'pause');
  try {
    await fill(async () => (await readFigures(sides, 'CN')).pending >= backlog * MARGIN);
  } finally {
    await steer(sides.CN, lanes, 'resume');
  }
  return sendSuspension(sides, enterprise, on);
}

async function businessLanes({ client, tokens }: DemoSide): Promise<LaneRef[]> {
  const { items } = await client.get<{ items: LaneRef[] }>('/v1/ops/lanes', tokens.operator);
  return items.filter(({ lane }) => lane !== CONTROL_LANE);
}

async function steer(
  { client, tokens }: DemoSide,
  lanes: readonly LaneRef[],
  action: 'pause' | 'resume',
): Promise<void> {
  const body = { reason: 'demonstration of an urgent message' };
  for (const { link, lane } of lanes) {
    await client.post(`/v1/ops/lanes/${link}/${lane}/${action}`, tokens.operator, body);
  }
}

async function sendSuspension(
  sides: DemoSides,
  enterprise: DemoEnterprise,
  on: CalendarDate,
): Promise<UrgentSent> {
  const { client, tokens } = sides.CN;
  const { type, data } = suspensionOf('CN', enterprise, on, 'security-incident');
  const before = await readFigures(sides, 'CN');
  const answer = await client.post<{ id: string; version: number }>('/v1/messages', tokens.backend, {
    type,
    data,
  });
  const delivered = untilDelivered(sides.CN, answer.id);
  const after = await readFigures(sides, 'CN');
  const message = { id: answer.id, type, subject: enterprise.id, version: answer.version, data };
  return { message, waiting: Math.min(before.pending, after.pending), urgentMs: await delivered };
}

interface Followed {
  acceptedAt: string;
  deliveredAt: string | null;
  state: string;
  lastError: string | null;
}

async function untilDelivered({ client, tokens }: DemoSide, id: string): Promise<number> {
  const deadline = Date.now() + DELIVERED_TIMEOUT_MS;
  for (;;) {
    const followed = await client.get<Followed>(`/v1/messages/${id}`, tokens.operator);
    const { acceptedAt, deliveredAt, state, lastError } = followed;
    if (deliveredAt !== null) return Date.parse(deliveredAt) - Date.parse(acceptedAt);
    if (Date.now() > deadline)
      throw new DemoError(
        'stalled',
        `the urgent message ${id} is still ${state}: ${lastError ?? 'no error'}`,
      );
    await delay(20);
  }
}
