import { setTimeout as delay } from 'node:timers/promises';
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

/** Delivery goes on while the request is on its way: begin with a fifth more than what has to wait. */
const MARGIN = 1.2;
const DELIVERED_TIMEOUT_MS = 60_000;

/** Lets messages pile up, sends an urgent suspension in the midst of them, and times its delivery. */
export async function suspendAtOnce({
  sides,
  enterprise,
  on,
  backlog,
  fill,
}: UrgentPlan): Promise<UrgentSent> {
  let sent: Promise<UrgentSent> | undefined;
  const suspend = (): Promise<UrgentSent> => {
    sent ??= sendSuspension(sides, enterprise, on);
    return sent;
  };
  await fill(async () => {
    if (sent) return true;
    const { pending } = await readFigures(sides, 'CN');
    if (pending < backlog * MARGIN) return false;
    // Not awaited: the load goes on around it.
    void suspend();
    return true;
  });
  return suspend();
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
