import type { Load } from './load.ts';
import type { Side } from './side.ts';

/** Messages that wait for delivery or for its answer. */
export async function waiting({ store }: Side): Promise<number> {
  const [row] = await store.query<{ waiting: number }>('select count(*)::int as waiting from outbox');
  return row?.waiting ?? 0;
}

/** Whether a gateway has a request of a back end or of the partner in hand, or a lane with messages. */
export async function atWork(side: Side, process: number, load: Load): Promise<boolean> {
  const gateway = side.processes[process];
  if (!gateway?.ready) return false;
  if (load.underWay(gateway.internal) > 0 || side.wire.underWay(gateway.exchangePort) > 0) return true;
  const [row] = await side.store.query<{ busy: boolean }>(
    `select exists (select from lane l join outbox o using (link, lane)
                    where l.owner like $1 and l.lease_until > clock_timestamp()) as busy`,
    [`%-${gateway.pid}-%`],
  );
  return row?.busy ?? false;
}

/** Whether any request or pending message of a side would be touched by what happens to its store. */
export async function sideAtWork(side: Side, load: Load): Promise<boolean> {
  const asked = side.processes.some(
    ({ internal, exchangePort }) => load.underWay(internal) > 0 || side.wire.underWay(exchangePort) > 0,
  );
  return asked || (await waiting(side)) > 0;
}
