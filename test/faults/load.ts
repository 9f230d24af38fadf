import { setTimeout as delay } from 'node:timers/promises';
import { type Dispatcher, Pool } from 'undici';
import type { Party } from '../../src/contract/party.ts';
import { digestOf, type Ledger } from './ledger.ts';
import type { Side } from './side.ts';
import { type StoryMessage, storyMessage, subjectOf } from './story.ts';

const BATCH = 25;
/** Back ends of each side, each with enterprises of its own, so that it alone knows what comes next for one. */
const WORKERS = 2;
/** Messages of one enterprise, about. */
const MESSAGES_PER_SUBJECT = 8;
/** Longer than a frozen gateway sleeps would only hold up the run: the same key goes to the other process. */
const ANSWER_TIMEOUT_MS = 8_000;

interface BatchAnswer {
  results: { index: number; id?: string; version?: number; problem?: { detail?: string } }[];
}

/**
 * The back ends of both sides. They submit what they are allowed to, repeat a request with its Idempotency-Key at
 * any gateway until it is answered, and remember what was accepted.
 */
export class Load implements AsyncDisposable {
  readonly ledger: Ledger = new Map();
  /** Requests that had no answer, or none that says what became of them. */
  unanswered = 0;
  readonly #pools = new Map<string, Pool>();
  readonly #underWay = new Map<string, number>();
  /** Messages that a side's back ends may still submit. */
  readonly #left = new Map<Party, number>();
  #wake: (() => void)[] = [];
  #ended = false;
  readonly #held = new Set<Party>();
  /** Batches without an answer yet, by side. */
  readonly #open = new Map<Party, number>();
  readonly #running: Promise<unknown>;

  constructor(sides: readonly Side[], total: number) {
    for (const { processes } of sides) {
      for (const { internal } of processes) this.#pools.set(internal, new Pool(internal, { connections: 4 }));
    }
    const subjects = Math.max(BATCH, Math.ceil(total / sides.length / WORKERS / MESSAGES_PER_SUBJECT));
    const workers = sides.flatMap((side) =>
      Array.from({ length: WORKERS }, (_, worker) => this.#work(side, worker, subjects)),
    );
    this.#running = Promise.all(workers);
    this.#running.catch(() => {});
  }

  /** Lets so many more messages be submitted, half of them by each side, so that both have work. */
  allow(count: number): void {
    const half = Math.floor(count / 2);
    for (const [party, more] of [
      ['CN', half],
      ['US', count - half],
    ] as const) {
      this.#left.set(party, this.#leftOf(party) + more);
    }
    for (const wake of this.#wake.splice(0)) wake();
  }

  #leftOf(party: Party): number {
    return this.#left.get(party) ?? 0;
  }

  /** Requests under way to one gateway. */
  underWay(internal: string): number {
    return this.#underWay.get(internal) ?? 0;
  }

  /** Lets a side's back ends submit nothing more, and waits until what they submitted is answered. */
  async hold(party: Party): Promise<void> {
    this.#held.add(party);
    while ((this.#open.get(party) ?? 0) > 0) await delay(20);
  }

  release(party: Party): void {
    this.#held.delete(party);
    for (const wake of this.#wake.splice(0)) wake();
  }

  /** Waits until all that is allowed was accepted. */
  async finish(): Promise<void> {
    this.#ended = true;
    for (const wake of this.#wake.splice(0)) wake();
    await this.#running;
  }

  async #work(side: Side, worker: number, subjects: number): Promise<void> {
    const told = new Array<number>(subjects).fill(0);
    for (let batch = 0; ; batch++) {
      const size = await this.#take(side.party);
      if (size === 0) return;
      const messages: { subject: string; message: StoryMessage }[] = [];
      for (let n = 0; n < size; n++) {
        const serial = (batch * BATCH + n) % subjects;
        const subject = subjectOf(side.party, worker * 1_000_000 + serial);
        messages.push({ subject, message: storyMessage(side.party, subject, nextOf(told, serial)) });
      }
      const key = `${side.party}-${worker}-${batch}`;
      const answer = await this.#submit(
        side,
        key,
        { messages: messages.map(({ message }) => message) },
        batch,
      );
      this.#note(side, messages, answer);
      this.#open.set(side.party, (this.#open.get(side.party) ?? 1) - 1);
    }
  }

  async #take(party: Party): Promise<number> {
    while (this.#held.has(party) || this.#leftOf(party) === 0) {
      if (this.#ended && this.#leftOf(party) === 0) return 0;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
    const size = Math.min(BATCH, this.#leftOf(party));
    this.#left.set(party, this.#leftOf(party) - size);
    this.#open.set(party, (this.#open.get(party) ?? 0) + 1);
    return size;
  }

  async #submit(side: Side, key: string, body: object, turn: number): Promise<BatchAnswer> {
    for (let attempt = turn; ; attempt++) {
      const { internal } = side.processes[attempt % side.processes.length] as Side['processes'][number];
      const answer = await this.#post(internal, side.tokens.backend, key, JSON.stringify(body));
      if (answer !== undefined) return answer;
      this.unanswered++;
      await delay(100);
    }
  }

  /** @returns undefined where nobody knows what became of the request, or it is to be sent again */
  async #post(internal: string, token: string, key: string, body: string): Promise<BatchAnswer | undefined> {
    this.#underWay.set(internal, this.underWay(internal) + 1);
    try {
      const request: Dispatcher.RequestOptions = {
        method: 'POST',
        path: '/v1/messages/batch',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body,
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      };
      const answer = await this.#pools.get(internal)?.request(request);
      const text = await answer?.body.text();
      if (answer?.statusCode === 200) return JSON.parse(text ?? '') as BatchAnswer;
      if (answer && answer.statusCode < 500 && answer.statusCode !== 429) {
        throw new RefusedLoad(`a back end of the run was answered ${answer.statusCode}: ${text}`);
      }
      return undefined;
    } catch (error) {
      if (error instanceof RefusedLoad) throw error;
      return undefined;
    } finally {
      this.#underWay.set(internal, this.underWay(internal) - 1);
    }
  }

  #note(
    side: Side,
    sent: readonly { subject: string; message: StoryMessage }[],
    { results }: BatchAnswer,
  ): void {
    for (const { index, id, version, problem } of results) {
      const item = sent[index];
      if (!item || id === undefined || version === undefined) {
        throw new RefusedLoad(`a message of the run was refused: ${problem?.detail ?? 'without a word'}`);
      }
      const { subject, message } = item;
      this.ledger.set(id, { id, from: side.party, subject, version, data: digestOf(message.data) });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
  }
}

/** The story is legal in its order: a refusal is a defect of the gateway, or a message applied twice. */
export class RefusedLoad extends Error {
  override readonly name = 'RefusedLoad';
}

function nextOf(told: number[], serial: number): number {
  const n = told[serial] ?? 0;
  told[serial] = n + 1;
  return n;
}
