import { Agent } from 'undici';
import { openDatabase } from '../../src/store/database.ts';
import { type BakedSet, Bakery } from '../../test/hostile/bake-set.ts';
import { startTarget, type Target } from '../../test/support/target.ts';
import { cpuTimeMs, parentOf } from './cpu-time.ts';

/** CPU of gateway and database together for each SET, milliseconds; NaN where it cannot be measured. */
export interface WorthlessBatches {
  forgedMsPerSet: number;
  replayedMsPerSet: number;
}

const SETS = 500;
const REQUESTS = 40;
const LIMITS = { exchangeRequestsPerSecond: 1_000_000 };

/** What batches cost that bring nothing new: signed by nobody, or held already. */
export async function measureWorthlessBatches(
  folder: string,
  databaseUrl: string,
): Promise<WorthlessBatches> {
  await using target = await startTarget({ folder, databaseUrl, tls: true, limits: LIMITS });
  const bakery = await Bakery.open(target);
  const genuine = await Promise.all(Array.from({ length: SETS }, () => bakery.bake({})));
  const forged = await Promise.all(Array.from({ length: SETS }, () => bakery.bake({ sign: 'flipped' })));
  const roots = [target.pid, await postmaster(databaseUrl)];
  const agent = new Agent({ connections: 2, connect: { ...target.clientTls() } });
  try {
    await push(agent, target, genuine, 'ack');
    await push(agent, target, forged, 'setErrs');
    const replayedMsPerSet = await measure(roots, () => push(agent, target, genuine, 'ack'));
    const forgedMsPerSet = await measure(roots, () => push(agent, target, forged, 'setErrs'));
    return { forgedMsPerSet, replayedMsPerSet };
  } finally {
    await agent.destroy();
  }
}

async function measure(roots: readonly number[], act: () => Promise<void>): Promise<number> {
  const before = cpuTimeMs(roots);
  for (let n = 0; n < REQUESTS; n++) await act();
  const after = cpuTimeMs(roots);
  return before === undefined || after === undefined ? Number.NaN : (after - before) / (REQUESTS * SETS);
}

async function push(
  agent: Agent,
  { exchange }: Target,
  sets: readonly BakedSet[],
  answered: 'ack' | 'setErrs',
): Promise<void> {
  const body = JSON.stringify({ sets: Object.fromEntries(sets.map(({ member, jws }) => [member, jws])) });
  const headers = { 'content-type': 'application/json' };
  const request = { origin: exchange.origin, path: '/exchange/sets', method: 'POST', headers, body } as const;
  const answer = (await (await agent.request(request)).body.json()) as { ack: string[]; setErrs: object };
  const count = answered === 'ack' ? answer.ack.length : Object.keys(answer.setErrs).length;
  if (count !== sets.length) throw new Error(`${count} of ${sets.length} SETs are in ${answered}`);
}

async function postmaster(databaseUrl: string): Promise<number> {
  await using database = openDatabase(databaseUrl, { connectionsMax: 1 });
  const query = { name: 'bench-backend', text: 'select pg_backend_pid() as pid', values: [] };
  const [row] = await database.query<{ pid: number }>(query);
  return parentOf(row?.pid ?? 0) ?? 0;
}
