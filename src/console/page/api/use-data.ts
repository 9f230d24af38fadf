import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { type Query, queryText } from '../router.tsx';
import { get } from './client.ts';
import { type Topic, useLive } from './live.ts';
import { ApiProblem } from './problem.ts';

export interface Data<T> {
  /** The last answer; it stays while a newer one is on its way, also for other parameters. */
  data: T | undefined;
  problem: ApiProblem | undefined;
  loading: boolean;
  reload(): void;
}

export interface DataOptions {
  query?: Query;
  /** Read again when one of these changed on the gateway. */
  topics?: readonly Topic[];
  /** Read again this often, whatever happens. */
  everyMs?: number;
}

/** An answer of the gateway, kept current. @param path null: nothing is asked (yet) */
export function useData<T>(path: string | null, options: DataOptions = {}): Data<T> {
  const { query = {}, topics = [], everyMs } = options;
  const address = path === null ? null : path + queryText(query);
  const [answer, setAnswer] = useState<{ path: string | null; data?: T; problem?: ApiProblem }>({ path });
  const [loading, setLoading] = useState(address !== null);
  const [turn, setTurn] = useState(0);
  const reload = useCallback(() => setTurn((n) => n + 1), []);
  // Another turn is another request for the same.
  const request = useMemo(() => ({ address, turn }), [address, turn]);

  useEffect(() => {
    const { address } = request;
    if (address === null) return;
    const stop = new AbortController();
    setLoading(true);
    get<T>(address, { signal: stop.signal })
      .then((data) => setAnswer({ path, data }))
      .catch((error: unknown) => {
        if (stop.signal.aborted) return;
        if (!(error instanceof ApiProblem)) throw error;
        // What was shown stays readable under the problem.
        setAnswer((before) => ({ ...(before.path === path ? before : {}), path, problem: error }));
      })
      .finally(() => {
        if (!stop.signal.aborted) setLoading(false);
      });
    return () => stop.abort();
  }, [request, path]);

  useLive(topics, reload);
  useEvery(everyMs, reload);
  const own = answer.path === path ? answer : { path };
  return { data: own.data, problem: own.problem, loading, reload };
}

function useEvery(ms: number | undefined, run: () => void): void {
  useEffect(() => {
    if (ms === undefined) return;
    const timer = setInterval(() => {
      if (!document.hidden) run();
    }, ms);
    return () => clearInterval(timer);
  }, [ms, run]);
}

interface Page<T> {
  items: readonly T[];
  next: string | null;
  /** Where the gateway counts what matches. */
  total?: number | null;
}

export interface Paged<T> {
  items: readonly T[];
  total: number | undefined;
  problem: ApiProblem | undefined;
  loading: boolean;
  /** What is shown belongs to another filter than is asked for. */
  changing: boolean;
  /** The first page has come, also if it is empty. */
  ready: boolean;
  hasMore: boolean;
  more(): void;
  reload(): void;
  /** Something changed on the gateway while `hold` was set; `reload` shows it. */
  stale: boolean;
}

export interface PagedOptions {
  query?: Query;
  topics?: readonly Topic[];
  /** Rows must not move now: under the pointer, or while some are selected. */
  hold?: () => boolean;
}

/** A list of the gateway, page by page. */
export function usePaged<T>(path: string | null, options: PagedOptions = {}): Paged<T> {
  const { query = {}, topics = [], hold } = options;
  // A cursor goes with one filter: of another one it means nothing.
  const [cursor, setCursor] = useState<{ address: string | null; next: string }>();
  const [shown, setShown] = useState<{ address: string | null; pages: Page<T>[] }>({
    address: null,
    pages: [],
  });
  const [stale, setStale] = useState(false);
  const address = path === null ? null : path + queryText(query);
  if (cursor !== undefined && cursor.address !== address) setCursor(undefined);
  const cursorHere = cursor?.address === address ? cursor.next : undefined;
  const page = useData<Page<T>>(path, { query: { ...query, cursor: cursorHere } });

  // What was asked for when the answer came; a new answer is the only reason to show another page.
  const asked = useRef({ address, cursor: cursorHere });
  asked.current = { address, cursor: cursorHere };
  const { data: answer } = page;
  useEffect(() => {
    if (!answer) return;
    const { address, cursor } = asked.current;
    setStale(false);
    setShown((before) => ({
      address,
      pages: cursor === undefined || before.address !== address ? [answer] : [...before.pages, answer],
    }));
  }, [answer]);

  const reload = useCallback(() => {
    setCursor(undefined);
    page.reload();
  }, [page.reload]);
  useLive(topics, () => {
    if (hold?.() || cursorHere !== undefined) setStale(true);
    else reload();
  });
  const last = shown.pages.at(-1);
  return {
    items: shown.pages.flatMap(({ items }) => items),
    total: shown.pages[0]?.total ?? undefined,
    problem: page.problem,
    loading: page.loading,
    changing: shown.address !== null && shown.address !== address,
    ready: shown.address !== null && last !== undefined,
    hasMore: last?.next != null,
    more: () => {
      if (last?.next != null && !page.loading) setCursor({ address, next: last.next });
    },
    reload,
    stale,
  };
}
