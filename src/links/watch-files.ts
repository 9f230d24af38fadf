import { stat } from 'node:fs/promises';

/** Operators change certificates a few times a year; a second later is soon enough, and a look costs microseconds. */
const LOOK_INTERVAL_MS = 1_000;

/**
 * Calls back when one of the files, or the list of files in one of the folders, is another than before. It looks at
 * them now and then instead of asking the system to tell: that works for mounted secrets, links and network folders.
 *
 * @param paths asked anew each time
 */
export function watchFiles(paths: () => readonly string[], changed: () => Promise<unknown>): AsyncDisposable {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  let last: string | undefined;
  const look = async (): Promise<void> => {
    const now = await marksOf(paths());
    const isChanged = last !== undefined && last !== now;
    last = now;
    if (isChanged && !stopped) await changed();
    if (!stopped) timer = setTimeout(start, LOOK_INTERVAL_MS);
  };
  const start = (): void => {
    looking = look();
  };
  start();
  return {
    async [Symbol.asyncDispose]() {
      stopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

async function marksOf(paths: readonly string[]): Promise<string> {
  const marks = await Promise.all(
    paths.map(async (path) => {
      try {
        const { mtimeMs, ctimeMs, size, ino } = await stat(path);
        return `${path} ${mtimeMs} ${ctimeMs} ${size} ${ino}`;
      } catch {
        return `${path} missing`;
      }
    }),
  );
  return marks.join('\n');
}
