import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { useEvents } from '../api/live.ts';
import { useMay } from '../api/session.ts';
import type { Overview } from '../api/types.ts';
import { type Data, useData } from '../api/use-data.ts';

const nothing: Data<Overview> = {
  data: undefined,
  problem: undefined,
  loading: false,
  reload: () => undefined,
};

const Context = createContext(nothing);

/** Read again this often, in case the stream is broken. */
const EVERY_MS = 15_000;

/** The overview, read once for the side navigation, the top bar and the first page, and kept current by the stream. */
export function OverviewOf({ children }: { children: ReactNode }) {
  const may = useMay('operate');
  const read = useData<Overview>(may ? '/v1/ops/overview' : null, {
    everyMs: EVERY_MS,
    topics: ['alert-raised', 'alert-cleared'],
  });
  const [pushed, setPushed] = useState<Overview>();
  useEvents('overview', (data) => setPushed(data as Overview));
  // The one read last counts: it answers to a reload as well.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new answer is the only reason
  useEffect(() => setPushed(undefined), [read.data]);
  return <Context value={pushed ? { ...read, data: pushed } : read}>{children}</Context>;
}

export function useOverview(): Data<Overview> {
  return useContext(Context);
}
