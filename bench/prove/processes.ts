import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { grantTokens } from '../../src/demo/grant-tokens.ts';
import { prepareSides } from '../../src/demo/prepare-sides.ts';
import { type EmbeddedServer, startEmbeddedServer } from '../../src/store/embedded-server.ts';
import { recordOf } from '../../test/support/messages.ts';
import { type SideProcesses, startProcesses } from '../../test/support/processes.ts';
import { redisMissing, startRedis, type TestRedis } from '../../test/support/redis.ts';
import { createTemporaryFolder } from '../../test/support/temporary-folder.ts';
import { atMost, type Claim, equal } from '../claim.ts';

/** Apart from the ports of the demo and of the tests. */
const PORT_OFFSET = 4_000;
const BATCH = 50;
const PAUSE_MS = 50;
const ANSWER_MS = 3_000;
/** The partner answers this much later, so that lanes have an owner nearly all the time. */
const PARTNER_DELAY_MS = 250;
/** A process is stopped for a minute, and continued. */
const STOPPED_MS = 60_000;

/** Three processes of one side under steady intake: killed, stopped for a minute, told to stop; their queue emptied, killed, silent. */
export async function prove(stoppedMs = STOPPED_MS): Promise<Claim[]> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await createTemporaryFolder());
  const redis = redisMissing ? undefined : stack.use(await startRedis());
  const prepared = await prepareSides(folder.path, PORT_OFFSET);
  const cn = stack.use(
    await startProcesses(prepared.CN, { count: 3, ...(redis && { queueUrl: redis.url }) }),
  );
  stack.use(await startProcesses(prepared.US, { count: 1, exchangeDelayMs: PARTNER_DELAY_MS }));
  const [ours, theirs] = [
    stack.use(await startEmbeddedServer(prepared.CN.dataDir)),
    stack.use(await startEmbeddedServer(prepared.US.dataDir)),
  ];
  const traffic = submit(cn, (await grantTokens(prepared.CN.dataDir)).backend);
  await delay(2_000);

  const [killed, stopped, leaving] = cn.processes;
  if (!killed || !stopped || !leaving) throw new Error('there are not three processes');
  stopped.child.kill('SIGSTOP');
  const afterStop = await untilDelivered(ours);
  await cn.end(killed, 'SIGKILL');
  const afterKill = await untilDelivered(ours);
  await delay(Math.max(0, stoppedMs - afterStop - afterKill));
  stopped.child.kill('SIGCONT');
  await delay(2_000);
  await emptyQueue(ours, redis);
  const afterEmptied = await untilAtWork(ours);
  await redis?.kill();
  const afterKilled = await untilAtWork(ours);
  await redis?.start();
  redis?.process().kill('SIGSTOP');
  const afterSilence = await untilAtWork(ours);
  redis?.process().kill('SIGCONT');
  const begun = performance.now();
  const code = await cn.end(leaving, 'SIGTERM');
  const toStop = performance.now() - begun;
  const accepted = await traffic.stop();
  await untilDelivered(ours);
  await delay(2_000);

  const place = redis ? 'Redis' : 'PostgreSQL';
  const sent = await idsOf(ours, 'out');
  const received = await idsOf(theirs, 'in');
  const [effects] = await query<{ count: number }>(
    theirs,
    'select count(*)::int as count from subject_version',
  );
  return [
    atMost('lanes of a stopped process delivered by another one', 15, seconds(afterStop), ' s'),
    atMost('lanes of a killed process delivered by another one', 15, seconds(afterKill), ' s'),
    atMost(`lanes at work again after the queue on ${place} was emptied`, 10, seconds(afterEmptied), ' s'),
    ...(redis
      ? [
          atMost('the same after Redis was killed, and while it is away', 10, seconds(afterKilled), ' s'),
          atMost('the same while Redis does not answer', 10, seconds(afterSilence), ' s'),
        ]
      : []),
    atMost('SIGTERM under load, to its end', 10, seconds(toStop), ' s'),
    equal('exit code of an orderly stop', 0, code ?? 'killed'),
    equal('accepted messages that are not there', 0, [...accepted].filter((id) => !sent.has(id)).length),
    equal('messages not received', 0, [...sent].filter((id) => !received.has(id)).length),
    equal('effects for each message', sent.size, effects?.count ?? 0),
  ];
}

const seconds = (ms: number): number => Number((ms / 1000).toFixed(1));

/** A back end that sends a request again, under its key, until it is answered. */
function submit(cn: SideProcesses, token: string): { stop(): Promise<Set<string>> } {
  const accepted = new Set<string>();
  let stopped = false;
  const submitting = (async () => {
    for (let serial = 0; !stopped; serial += BATCH) {
      const messages = Array.from({ length: BATCH }, (_, n) => ({
        type: 'enterprise-status',
        data: recordOf(`CN44${String(40_000_000 + serial + n)}`),
      }));
      let ids: string[] | undefined;
      while (!ids) ids = await tryBatch(cn, token, messages, `batch-${serial}`);
      for (const id of ids) accepted.add(id);
      await delay(PAUSE_MS);
    }
    return accepted;
  })();
  return {
    stop() {
      stopped = true;
      return submitting;
    },
  };
}

async function tryBatch(
  cn: SideProcesses,
  token: string,
  messages: object[],
  key: string,
): Promise<string[] | undefined> {
  try {
    const answer = await fetch(`${cn.prepared.internal}/v1/messages/batch`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify({ messages }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const body = (await answer.json()) as { results: { id: string }[] };
    if (answer.ok) return body.results.map(({ id }) => id);
  } catch {
    // Cut, refused or not answered in time: the same again.
  }
  await delay(100);
  return undefined;
}

/** Milliseconds until everything that waits now is delivered. */
async function untilDelivered(store: EmbeddedServer): Promise<number> {
  const begun = performance.now();
  const [last] = await query<{ position: string | null }>(
    store,
    'select max(position) as position from outbox',
  );
  const waiting = `select count(*)::int as count from outbox where position <= ${last?.position ?? 0}`;
  while ((await query<{ count: number }>(store, waiting))[0]?.count !== 0) await delay(100);
  return performance.now() - begun;
}

async function emptyQueue(store: EmbeddedServer, redis: TestRedis | undefined): Promise<void> {
  if (redis) await redis.client.flushall();
  else await query(store, 'truncate bullmq.job, bullmq.dedup, bullmq.dedup_next cascade');
}

/**
 * Milliseconds until each lane with something to send has sent a request since now, or has nothing left. How long it
 * takes to deliver what waits says more about the partner.
 */
async function untilAtWork(store: EmbeddedServer): Promise<number> {
  const begun = performance.now();
  const [now] = await query<{ now: string }>(store, 'select clock_timestamp()::text as now');
  const idle = `select count(*)::int as count from lane l
                where exists (select from outbox o where o.link = l.link and o.lane = l.lane and o.at < '${now?.now}')
                  and not exists (select from attempt a
                                  where a.link = l.link and a.lane = l.lane and a.started_at > '${now?.now}')`;
  while ((await query<{ count: number }>(store, idle))[0]?.count !== 0) await delay(100);
  return performance.now() - begun;
}

async function idsOf(store: EmbeddedServer, direction: 'out' | 'in'): Promise<Set<string>> {
  const text = `select id from message where subject <> 'gateway' and direction = '${direction}'`;
  return new Set((await query<{ id: string }>(store, text)).map((row) => row.id));
}

async function query<R extends pg.QueryResultRow>(store: EmbeddedServer, text: string): Promise<R[]> {
  const client = new pg.Client({ connectionString: store.connectionString });
  await client.connect();
  try {
    return (await client.query<R>(text)).rows;
  } finally {
    await client.end();
  }
}
