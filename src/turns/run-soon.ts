/** Work that is done again and again: soon after it is asked for, and now and then unasked. */
export interface SoonWork {
  work(): Promise<void>;
  /** Milliseconds between two beginnings, however often it is asked for: what gathers meanwhile is done at once. */
  soonMs: number;
  /** Milliseconds without being asked. */
  idleMs: number;
  /** Told of what the work throws; the next turn comes all the same. */
  onError(error: unknown): void;
}

export interface RunningWork extends AsyncDisposable {
  wake(): void;
}

/** Runs the work until disposed, one turn at a time; the first one at once. */
export function runSoon({ work, soonMs, idleMs, onError }: SoonWork): RunningWork {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let dueAt = Number.POSITIVE_INFINITY;
  let begunAt = Number.NEGATIVE_INFINITY;
  let asked = false;
  let running: Promise<void> = Promise.resolve();

  const schedule = (at: number): void => {
    if (stopped || at >= dueAt) return;
    dueAt = at;
    clearTimeout(timer);
    timer = setTimeout(turn, Math.max(0, at - performance.now()));
  };
  const turn = (): void => {
    timer = undefined;
    asked = false;
    begunAt = performance.now();
    running = work()
      .catch((error: unknown) => {
        if (!stopped) onError(error);
      })
      .finally(() => {
        dueAt = Number.POSITIVE_INFINITY;
        schedule(asked ? begunAt + soonMs : performance.now() + idleMs);
      });
  };
  schedule(performance.now());
  return {
    wake() {
      asked = true;
      if (timer !== undefined) schedule(begunAt + soonMs);
    },
    async [Symbol.asyncDispose]() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
