import { Counter, Histogram, type Registry } from 'prom-client';
import type { LaneRef } from '../delivery/claim-lane.ts';
import { CONTROL_LANE } from '../delivery/lane-of.ts';
import type { Answer, AnsweredRequest } from '../delivery/read-answer.ts';
import type { SentRequest } from '../delivery/send-sets.ts';
import { uuidTime } from '../envelope/message-id.ts';
import type { ReceivedCounts } from '../reception/receive-sets.ts';

/** Counters of this process, for `/metrics`; the store has the truth. */
export function exchangeFigures(registry: Registry) {
  const registers = [registry];
  const accepted = new Counter({
    name: 'mra_messages_accepted_total',
    help: 'Messages accepted from own back ends',
    labelNames: ['link'],
    registers,
  });
  const received = new Counter({
    name: 'mra_messages_received_total',
    help: 'Messages from the partner, by outcome: accepted, refused, or held before',
    labelNames: ['link', 'outcome'],
    registers,
  });
  const receipted = new Counter({
    name: 'mra_messages_receipted_total',
    help: 'Messages of ours for which the partner gave a receipt over the same bytes',
    labelNames: ['link'],
    registers,
  });
  const delivered = new Counter({
    name: 'mra_messages_delivered_total',
    help: 'Messages of ours that the partner took; receipts and other messages of the gateways are not counted',
    labelNames: ['link'],
    registers,
  });
  const refused = new Counter({
    name: 'mra_messages_refused_total',
    help: 'Messages of ours that the partner refused',
    labelNames: ['link'],
    registers,
  });
  const latency = new Histogram({
    name: 'mra_delivery_latency_seconds',
    help: 'Seconds from the acceptance of a message to the answer of the partner that took it',
    labelNames: ['link'],
    buckets: [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400],
    registers,
  });
  const endToEnd = new Histogram({
    name: 'mra_end_to_end_latency_seconds',
    help: 'Seconds from the acceptance of a message to the arrival of the receipt over it',
    labelNames: ['link'],
    buckets: [0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400],
    registers,
  });
  const attempts = new Counter({
    name: 'mra_delivery_attempts_total',
    help: 'Requests that gave messages to the partner, pushed or polled, by what is known afterwards',
    labelNames: ['link', 'result'],
    registers,
  });
  const requests = new Histogram({
    name: 'mra_delivery_request_seconds',
    help: 'Seconds of a request to the partner, by what is known afterwards',
    labelNames: ['link', 'lane', 'result'],
    buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 6],
    registers,
  });
  const observe = (histogram: Histogram<'link'>, link: string, ids: readonly string[]): void => {
    const seconds = histogram.labels({ link });
    const now = Date.now();
    // The id of a message of ours bears the time of its acceptance.
    for (const id of ids) seconds.observe(Math.max(0, now - uuidTime(id)) / 1_000);
  };
  const attempted = (
    { link, lane }: LaneRef,
    answer: AnsweredRequest | { kind: Exclude<Answer['kind'], 'answered'> },
  ): void => {
    attempts.inc({ link, result: answer.kind });
    if (answer.kind !== 'answered' || lane === CONTROL_LANE) return;
    delivered.inc({ link }, answer.delivered.length);
    refused.inc({ link }, answer.refused.length);
    observe(latency, link, answer.delivered);
  };
  return {
    accepted(messages: readonly { link: string }[]): void {
      for (const { link } of messages) accepted.inc({ link });
    },
    received(link: string, { receipted: matched, receiptedIds, ...counts }: ReceivedCounts): void {
      for (const [outcome, count] of Object.entries(counts)) received.inc({ link, outcome }, count);
      receipted.inc({ link }, matched);
      observe(endToEnd, link, receiptedIds);
    },
    request(ref: LaneRef, { answer, ms }: SentRequest): void {
      requests.observe({ ...ref, result: answer.kind }, ms / 1_000);
      attempted(ref, answer);
    },
    /** A partner that polls has answered for what it was given; or got the same again, and never will for the first. */
    polled: attempted,
  };
}

/** What a partner that polls said of what it was given, or that it asked for the same again. */
export type PollFigures = Pick<ReturnType<typeof exchangeFigures>, 'polled'>;
