import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LEASE_MS } from '../../src/delivery/claim-lane.ts';
import { GatewayAnswerError, GatewayClient } from '../../src/demo/gateway-client.ts';
import { grantTokens } from '../../src/demo/grant-tokens.ts';
import { prepareSides } from '../../src/demo/prepare-sides.ts';
import { type EmbeddedServer, startEmbeddedServer } from '../../src/store/embedded-server.ts';
import { recordOf } from '../support/messages.ts';
import { type GatewayProcess, type SideProcesses, startProcesses } from '../support/processes.ts';
import { redisMissing, startRedis } from '../support/redis.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

/** Apart from the other tests that start pairs beside this one. */
const PORT_OFFSET = 2_000;
const BATCH = 25;
/** The partner answers this much later, so that lanes have an owner nearly all the time. */
const PARTNER_DELAY_MS = 250;

let stack: AsyncDisposableStack;
let cn: SideProcesses;
let cnStore: EmbeddedServer;
let usStore: EmbeddedServer;
let backend: string;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const folder = stack.use(await createTemporaryFolder());
  const queue = redisMissing ? undefined : stack.use(await startRedis());
  const prepared = await prepareSides(folder.path, PORT_OFFSET);
  const place = queue ? { queueUrl: queue.url } : {};
  cn = stack.use(await startProcesses(prepared.CN, { count: 3, ...place }));
  stack.use(await startProcesses(prepared.US, { count: 1, exchangeDelayMs: PARTNER_DELAY_MS }));
  cnStore = stack.use(await startEmbeddedServer(prepared.CN.dataDir));
  usStore = stack.use(await startEmbeddedServer(prepared.US.dataDir));
  backend = (await grantTokens(prepared.CN.dataDir)).backend;
}, 90_000);

afterAll(() => stack.disposeAsync(), 60_000);

async function query<R extends pg.QueryResultRow>(store: EmbeddedServer, text: string): Promise<R[]> {
  const client = new pg.Client({ connectionString: store.connectionString });
  await client.connect();
  try {
    return (await client.query<R>(text)).rows;
  } finally {
    await client.end();
  }
}

/** Back ends that submit through the balancer until told to stop. */
function submit(): { accepted: Set<string>; stop(): Promise<void> } {
  const accepted = new Set<string>();
  let stopped = false;
  const submitting = (async () => {
    await using client = new GatewayClient(cn.prepared.internal);
    for (let serial = 0; !stopped; serial++) {
      const messages = Array.from({ length: BATCH }, (_, n) => ({
        type: 'enterprise-status',
        data: recordOf(`CN44${String(40_000_000 + serial * BATCH + n)}`),
      }));
      const { results } = await persist(client, messages, `batch-${serial}`);
      for (const { id } of results) accepted.add(id);
    }
  })();
  return {
    accepted,
    async stop() {
      stopped = true;
      await submitting;
    },
  };
}

type Answer = { results: { id: string }[] };

/** A request that was cut is sent again under its key, as a back end does. */
async function persist(client: GatewayClient, messages: object[], key: string): Promise<Answer> {
  for (;;) {
    try {
      return await client.post<Answer>('/v1/messages/batch', backend, { messages }, key);
    } catch (error) {
      if (error instanceof GatewayAnswerError) throw error;
      await delay(100);
    }
  }
}

/** Lanes that a process holds. */
async function lanesOf({ pid }: GatewayProcess): Promise<string[]> {
  const rows = await query<{ lane: string }>(cnStore, `select lane from lane where owner like 'cn-${pid}-%'`);
  return rows.map((row) => row.lane);
}

async function busiest(): Promise<GatewayProcess> {
  for (;;) {
    const held = await Promise.all(
      cn.processes.map(async (p) => ({ p, lanes: (await lanesOf(p)).length, well: p.well })),
    );
    const most = held.filter((h) => h.well).sort((a, b) => b.lanes - a.lanes)[0];
    if (most && most.lanes > 0) return most.p;
    await delay(20);
  }
}

/** Milliseconds until every one of the lanes has had an answered request again. */
async function untilAnswered(lanes: readonly string[]): Promise<number> {
  const since = new Date().toISOString();
  const begun = performance.now();
  const list = lanes.map((lane) => `'${lane}'`).join();
  for (;;) {
    const [row] = await query<{ lanes: number }>(
      cnStore,
      `select count(distinct lane)::int as lanes from attempt
       where result = 'answered' and started_at > '${since}' and lane in (${list})`,
    );
    if (row?.lanes === lanes.length) return performance.now() - begun;
    await delay(100);
  }
}

describe('a side in three processes', () => {
  it('goes on when any one is killed or stopped: its lanes move within 15 s, and nothing is lost or doubled', async () => {
    const traffic = submit();
    const killed = await busiest();
    const orphans = await lanesOf(killed);
    await cn.end(killed, 'SIGKILL');
    const afterKill = await untilAnswered(orphans);
    expect(afterKill).toBeLessThan(15_000);

    const stopped = await busiest();
    const left = await lanesOf(stopped);
    stopped.child.kill('SIGSTOP');
    const afterStop = await untilAnswered(left);
    expect(afterStop).toBeLessThan(15_000);
    await delay(Math.max(0, LEASE_MS - afterStop));
    stopped.child.kill('SIGCONT');
    await delay(1_000);
    await traffic.stop();

    const open = `select count(*)::int as open from message m where direction = 'out' and subject <> 'gateway'
                  and not exists (select from receipt r where r.id = m.id)`;
    await expect
      .poll(() => query<{ open: number }>(cnStore, open), { timeout: 30_000, interval: 200 })
      .toEqual([{ open: 0 }]);
    const list = `select id from message where subject <> 'gateway' and direction =`;
    const sent = await query<{ id: string }>(cnStore, `${list} 'out' order by id`);
    const received = await query<{ id: string }>(usStore, `${list} 'in' order by id`);
    expect(received).toEqual(sent);
    expect(new Set(sent.map((row) => row.id))).toEqual(traffic.accepted);
    const [effects] = await query<{ count: number }>(
      usStore,
      'select count(*)::int as count from subject_version',
    );
    expect(effects?.count).toBe(sent.length);
  }, 120_000);
});
