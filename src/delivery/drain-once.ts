import type { LaneRef } from './claim-lane.ts';
import type { Drained } from './drain-lane.ts';

export interface OnceAtATime {
  drain(ref: LaneRef): Promise<Drained>;
  /** Resolves when no drain is under way. */
  settled(): Promise<void>;
}

/**
 * One drain of a lane at a time in this process, whether the queue or the reconciler asked for it: both have the
 * process's name and would take the lease for theirs. Who comes second gets the result of the drain under way, which
 * looks once more before it ends.
 */
export function drainOnce(drain: (ref: LaneRef) => Promise<Drained>): OnceAtATime {
  const running = new Map<string, Promise<Drained>>();
  const again = new Set<string>();

  const run = async (ref: LaneRef, key: string): Promise<Drained> => {
    try {
      for (;;) {
        again.delete(key);
        const drained = await drain(ref);
        if (drained.ended !== 'empty' || !again.has(key)) return drained;
      }
    } finally {
      running.delete(key);
    }
  };
  return {
    drain(ref) {
      const key = `${ref.link}.${ref.lane}`;
      const under = running.get(key);
      if (under) {
        again.add(key);
        return under;
      }
      const started = run(ref, key);
      running.set(key, started);
      return started;
    },
    async settled() {
      await Promise.allSettled(running.values());
    },
  };
}
