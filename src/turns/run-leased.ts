import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../store/database.ts';
import { claimLease, LEASE_RENEW_MS, releaseLease, renewLease } from './lease.ts';

export interface LeasedWork {
  database: Database;
  log: Logger;
  /** Of the work; one process of the side at a time does it. */
  name: string;
  /** Of this process. */
  owner: string;
  /** Does the work until the signal says that the lease is lost or the gateway stops. May end before, and is begun anew. */
  work(over: AbortSignal): Promise<void>;
}

/** Resolves after `ms`, or when the signal says so. */
export async function pause(ms: number, over: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal: over }).catch(() => undefined);
}

/**
 * Does a piece of work in one process of the side at a time, for as long as this one runs. The lease only saves work:
 * who lost it without knowing does for a moment what another does too, which the work must bear.
 */
export function runLeased({ database, log, name, owner, work }: LeasedWork): AsyncDisposable {
  const stopping = new AbortController();
  const once = async (): Promise<void> => {
    if (!(await claimLease(database, name, owner))) return;
    const lost = new AbortController();
    const heartbeat = setInterval(() => {
      renewLease(database, name, owner).then(
        (ours) => {
          if (!ours) lost.abort();
        },
        (error: unknown) => log.warn({ err: error, worker: name }, 'lease not renewed'),
      );
    }, LEASE_RENEW_MS);
    try {
      await work(AbortSignal.any([stopping.signal, lost.signal]));
    } finally {
      clearInterval(heartbeat);
      if (!lost.signal.aborted) await releaseLease(database, name, owner).catch(() => undefined);
    }
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await once().catch((error: unknown) =>
        log.warn({ err: error, worker: name }, 'work failed, begun anew in a moment'),
      );
      await pause(LEASE_RENEW_MS, stopping.signal);
    }
  };
  const running = run();
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await running;
    },
  };
}
