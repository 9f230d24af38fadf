/** Reads many keys in one statement. */
export type ReadMany<Found> = (ids: readonly string[]) => Promise<readonly Found[]>;

/** As many statements at a time: what comes meanwhile shares the next one. */
const AT_ONCE = 2;
/** In one statement; beyond, a reader of a crowd would wait for all of it. */
const IDS_MAX = 200;

interface Waiting<Found> {
  id: string;
  resolve: (found: readonly Found[]) => void;
  reject: (error: unknown) => void;
}

/**
 * Lets single reads that come at the same time share a statement. Alone, a read goes at once; under load a statement
 * serves all that came while the ones before it ran, so that the work for each falls as their number grows.
 */
export class GatheredReads<Found extends { id: string }> {
  readonly #read: ReadMany<Found>;
  #waiting: Waiting<Found>[] = [];
  #running = 0;

  constructor(read: ReadMany<Found>) {
    this.#read = read;
  }

  /** What was found of this id. */
  read(id: string): Promise<readonly Found[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ id, resolve, reject });
      this.#next();
    });
  }

  #next(): void {
    if (this.#running >= AT_ONCE || this.#waiting.length === 0) return;
    const taken = this.#waiting.splice(0, IDS_MAX);
    this.#running++;
    this.#read([...new Set(taken.map(({ id }) => id))])
      .then(
        (found) => answer(taken, found),
        (error: unknown) => {
          for (const { reject } of taken) reject(error);
        },
      )
      .finally(() => {
        this.#running--;
        this.#next();
      });
  }
}

function answer<Found extends { id: string }>(
  taken: readonly Waiting<Found>[],
  found: readonly Found[],
): void {
  const byId = Map.groupBy(found, ({ id }) => id);
  for (const { id, resolve } of taken) resolve(byId.get(id) ?? []);
}
