import { createContext, type ReactNode, useContext, useState } from 'react';
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
  const [pushed, setPushed] = useState<{ data: Overview; after: Overview | undefined }>();
  useEvents('overview', (data) => setPushed({ data: data as Overview, after: read.data }));
  // The one read last counts: it answers to a reload as well.
  const newest = pushed && pushed.after === read.data ? { ...read, data: pushed.data } : read;
  return <Context value={newest}>{children}</Context>;
}

export function useOverview(): Data<Overview> {
  return useContext(Context);
}
