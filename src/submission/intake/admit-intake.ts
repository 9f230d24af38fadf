import { StoreError } from '../../store/errors.ts';
import { IntakeRefused } from './intake-refused.ts';
import type { OutboxGauge } from './outbox-gauge.ts';

export interface IntakeLimits {
  /** Requests that use the database at once: half of its connections, so that feed and exchange keep the others. */
  atOnceMax: number;
  /** Requests that wait for their turn; each holds a body of up to 16 MiB. */
  waitingMax: number;
  /** How long one waits. A batch takes well below a second, so this many are a slow database. */
  waitMsMax: number;
  /** After the database said that its disk is full, nothing is taken in for this long. */
  restMs: number;
}

export const INTAKE_LIMITS: IntakeLimits = {
  atOnceMax: 10,
  waitingMax: 100,
  waitMsMax: 5_000,
  restMs: 5_000,
};

/** Lets submissions in, or refuses them before anything is done. */
export interface Intake {
  /**
   * Runs the work, which accepts so many messages for each link, when it is its turn.
   *
   * @throws IntakeRefused before the work is begun
   */
  admit<T>(messages: ReadonlyMap<string, number>, work: () => Promise<T>): Promise<T>;
}

interface IntakeParts {
  gauge: OutboxGauge;
  /** Messages that may wait for a link's partner. */
  outboxMax(link: string): number;
  limits?: IntakeLimits;
}

const FULL_RETRY_SECONDS = 30;
const BUSY_RETRY_SECONDS = 5;

export function openIntake({ gauge, outboxMax, limits = INTAKE_LIMITS }: IntakeParts): Intake {
  const turns = new Turns(limits);
  let restUntil = 0;

  const refuseFull = (messages: ReadonlyMap<string, number>): void => {
    for (const [link, count] of messages) {
      if (gauge.waiting(link) + count <= outboxMax(link)) continue;
      const text = `${gauge.waiting(link)} messages wait for the partner of the link ${link}; ${outboxMax(link)} may. Nothing was accepted; send the same again when some were delivered.`;
      throw new IntakeRefused('outbox-full', text, FULL_RETRY_SECONDS);
    }
  };
  return {
    async admit(messages, work) {
      if (Date.now() < restUntil) {
        throw new IntakeRefused('disk-full', DISK_FULL, Math.ceil((restUntil - Date.now()) / 1000));
      }
      refuseFull(messages);
      using _turn = await turns.take();
      // Others were let in while this one waited.
      refuseFull(messages);
      try {
        const result = await work();
        for (const [link, count] of messages) gauge.note(link, count);
        return result;
      } catch (error) {
        if (error instanceof StoreError && error.code === 'disk-full') restUntil = Date.now() + limits.restMs;
        throw error;
      }
    },
  };
}

const DISK_FULL =
  'The database has no disk space left. Nothing was accepted; send the same again when some was freed.';

/** So many at once; the others wait in order, and not for ever. */
class Turns {
  readonly #limits: IntakeLimits;
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(limits: IntakeLimits) {
    this.#limits = limits;
    this.#free = limits.atOnceMax;
  }

  async take(): Promise<Disposable> {
    if (this.#free > 0) this.#free--;
    else await this.#wait();
    return { [Symbol.dispose]: () => this.#give() };
  }

  #wait(): Promise<void> {
    const { waitingMax, waitMsMax } = this.#limits;
    if (this.#waiting.length >= waitingMax) {
      throw new IntakeRefused('busy', `${waitingMax} requests wait already. ${BUSY}`, BUSY_RETRY_SECONDS);
    }
    return new Promise((resolve, reject) => {
      const go = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1);
        const text = `The request waited ${waitMsMax} ms for the database. ${BUSY}`;
        reject(new IntakeRefused('busy', text, BUSY_RETRY_SECONDS));
      }, waitMsMax);
      this.#waiting.push(go);
    });
  }

  #give(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}

const BUSY = 'The database is slow. Nothing was accepted; send the same again.';
