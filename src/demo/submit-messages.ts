import type { BusinessMessage } from '../contract/messages.ts';
import type { DemoSide } from './demo-side.ts';
import type { ExpectedMessages } from './expected-messages.ts';

/** The API's limit on a batch. */
const BATCH_MAX = 1000;
/** One is being accepted while the next is being read. */
const IN_FLIGHT = 2;

interface BatchAnswer {
  accepted: number;
  refused: number;
  results: (
    | { index: number; id: string; version: number }
    | { index: number; problem: { detail?: string; title?: string } }
  )[];
}

/** What became of submitted messages. */
export interface Submitted {
  accepted: number;
  refused: number;
  /** Why the first one was refused. */
  firstRefusal?: string;
}

/** A run of messages that must be accepted in this order: those of one enterprise. */
export type MessageGroup = readonly BusinessMessage[];

export interface SubmitOptions {
  /** Called after each batch; true ends the submission early. */
  afterBatch?: (submitted: Submitted) => Promise<boolean> | boolean;
  /** The name of this submission, unique in a run: keys for `Idempotency-Key` are made of it. */
  name: string;
}

/**
 * Submits messages by full batches, a few at a time. A group is never split: batches in flight may be accepted in
 * either order, the items of one are accepted in order.
 *
 * @param expected remembers every message that was accepted
 */
export async function submitMessages(
  side: DemoSide,
  groups: Iterable<MessageGroup>,
  expected: ExpectedMessages,
  { name, afterBatch }: SubmitOptions,
): Promise<Submitted> {
  const total: Submitted = { accepted: 0, refused: 0 };
  const batches = batchesOf(groups)[Symbol.iterator]();
  let number = 0;
  let enough = false;
  const worker = async (): Promise<void> => {
    while (!enough) {
      const { value: batch, done } = batches.next();
      if (done) return;
      const answer = await submitBatch(side, batch, `${name}-${number++}`);
      note(total, answer, batch, expected);
      if (afterBatch && (await afterBatch(total))) enough = true;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return total;
}

function submitBatch(
  side: DemoSide,
  messages: readonly BusinessMessage[],
  key: string,
): Promise<BatchAnswer> {
  const body = { messages: messages.map(({ type, data }) => ({ type, data })) };
  return side.client.post<BatchAnswer>('/v1/messages/batch', side.tokens.backend, body, key);
}

function note(
  total: Submitted,
  answer: BatchAnswer,
  batch: readonly BusinessMessage[],
  expected: ExpectedMessages,
): void {
  total.accepted += answer.accepted;
  total.refused += answer.refused;
  const accepted = answer.results.flatMap((result) => {
    const message = batch[result.index];
    if (!message) throw new Error(`the answer names an item ${result.index} that was not submitted`);
    if ('problem' in result) {
      total.firstRefusal ??= `${subjectOf(message)}: ${result.problem.detail ?? result.problem.title ?? 'refused'}`;
      return [];
    }
    return [
      {
        id: result.id,
        type: message.type,
        subject: subjectOf(message),
        version: result.version,
        data: message.data,
      },
    ];
  });
  expected.add(accepted);
}

function* batchesOf(groups: Iterable<MessageGroup>): Generator<BusinessMessage[]> {
  let batch: BusinessMessage[] = [];
  for (const group of groups) {
    if (batch.length > 0 && batch.length + group.length > BATCH_MAX) {
      yield batch;
      batch = [];
    }
    batch.push(...group);
  }
  if (batch.length > 0) yield batch;
}

/** Stated here on its own, so that the comparison does not rest on the gateway's own reading. */
function subjectOf({ type, data }: BusinessMessage): string {
  return type === 'validation-result' ? data.validationId : data.enterprise.id;
}
