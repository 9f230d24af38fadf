/** Wakes long polls of this process when the sequencer has numbered changes. */
export interface FeedSignal {
  /** Called by the sequencer after its commit. */
  raise(): void;
  /** Resolves at the next change, after `ms`, or when the reader goes away; whichever is first. */
  next(ms: number, gone: AbortSignal): Promise<void>;
}

/** Another process may be the sequencer, so a waiting reader looks by itself this often. */
const LOOK_EVERY_MS = 500;

export function feedSignal(): FeedSignal {
  const waiting = new Set<() => void>();
  return {
    raise() {
      for (const wake of waiting) wake();
    },
    next(ms, gone) {
      return new Promise((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          gone.removeEventListener('abort', wake);
          waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, Math.min(ms, LOOK_EVERY_MS));
        gone.addEventListener('abort', wake, { once: true });
        waiting.add(wake);
        if (gone.aborted) wake();
      });
    },
  };
}
