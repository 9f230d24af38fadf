import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Party } from '../../src/contract/party.ts';
import { GatewayClient } from '../../src/demo/gateway-client.ts';
import { grantTokens } from '../../src/demo/grant-tokens.ts';
import { type PreparedSide, prepareSides } from '../../src/demo/prepare-sides.ts';
import { CLI } from '../../src/demo/start-side.ts';
import { startEmbeddedServer } from '../../src/store/embedded-server.ts';
import { recordOf } from '../support/messages.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const KILLS = 6;
const BATCH = 50;
/** Submitted beyond what a kill waits for: it strikes while more is on its way. */
const AHEAD = 8 * BATCH;
/** A port that is free while its gateway is dead must not be taken by a test that runs beside this one. */
const PORT_OFFSET = 1_000;

let folder: TemporaryFolder;
let prepared: Record<Party, PreparedSide>;
const running = new Map<Party, ChildProcess>();

beforeAll(async () => {
  folder = await createTemporaryFolder();
  prepared = await prepareSides(folder.path, PORT_OFFSET);
  await Promise.all([start('CN'), start('US')]);
}, 60_000);

afterAll(async () => {
  for (const child of running.values()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
  await folder[Symbol.asyncDispose]();
}, 60_000);

async function start(party: Party): Promise<void> {
  const { config, internal } = prepared[party];
  running.set(party, spawn(process.execPath, [CLI, 'serve', '--config', config], { stdio: 'ignore' }));
  await using client = new GatewayClient(internal);
  while (!(await client.answers('/health/ready'))) {
    if (running.get(party)?.exitCode !== null) throw new Error(`the gateway of ${party} ended`);
    await delay(50);
  }
}

async function kill(party: Party): Promise<void> {
  const child = running.get(party);
  if (!child) throw new Error(`${party} is not running`);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

async function query<R extends pg.QueryResultRow>(party: Party, text: string): Promise<R[]> {
  await using server = await startEmbeddedServer(prepared[party].dataDir);
  const client = new pg.Client({ connectionString: server.connectionString });
  await client.connect();
  try {
    return (await client.query<R>(text)).rows;
  } finally {
    await client.end();
  }
}

it('survives kill -9 of either gateway at any time, and has one effect, once its 202 was given', async () => {
  const { backend } = await grantTokens(prepared.CN.dataDir);
  const acknowledged = new Set<string>();
  let unanswered = 0;
  let inFlight = 0;
  let done = false;
  /** So that a machine that is slow to start a gateway again does not pile up messages meanwhile. */
  let wanted = 0;
  const submitting = (async () => {
    await using client = new GatewayClient(prepared.CN.internal);
    for (let serial = 0; !done; serial += BATCH) {
      while (acknowledged.size > wanted + AHEAD && !done) await delay(5);
      const messages = Array.from({ length: BATCH }, (_, n) => ({
        type: 'enterprise-status',
        data: recordOf(`CN44${String(30_000_000 + serial + n)}`),
      }));
      inFlight++;
      try {
        const { results } = await client.post<{ results: { id: string }[] }>('/v1/messages/batch', backend, {
          messages,
        });
        for (const { id } of results) acknowledged.add(id);
      } catch {
        // The gateway was killed: nothing was promised.
        unanswered++;
        await delay(50);
      } finally {
        inFlight--;
      }
    }
  })();

  let struckWork = 0;
  for (let n = 0; n < KILLS; n++) {
    wanted = acknowledged.size + 4 * BATCH;
    while (acknowledged.size < wanted) await delay(5);
    if (inFlight > 0) struckWork++;
    const party = n % 2 === 0 ? 'CN' : 'US';
    await kill(party);
    await start(party);
  }
  done = true;
  await submitting;
  expect(struckWork).toBeGreaterThan(0);
  expect(unanswered).toBeGreaterThan(0);

  const deadline = Date.now() + 60_000;
  const open = `select count(*)::int as open from message m where direction = 'out' and subject <> 'gateway'
                and not exists (select from receipt r where r.id = m.id)`;
  while ((await query<{ open: number }>('CN', open))[0]?.open !== 0) {
    if (Date.now() > deadline) throw new Error('messages are still without receipt');
    await delay(200);
  }
  const received = await query<{ id: string; sha256: Buffer }>(
    'US',
    `select id, sha256 from message where direction = 'in' and subject <> 'gateway'`,
  );
  const sent = await query<{ id: string; sha256: Buffer }>(
    'CN',
    `select id, sha256 from message where direction = 'out' and subject <> 'gateway'`,
  );
  const hashes = (rows: { id: string; sha256: Buffer }[]) =>
    rows.map((r) => `${r.id} ${r.sha256.toString('hex')}`).sort();
  expect(hashes(received)).toEqual(hashes(sent));
  const ids = new Set(received.map((r) => r.id));
  expect([...acknowledged].filter((id) => !ids.has(id))).toEqual([]);
  const effects = await query<{ versions: number }>(
    'US',
    'select count(*)::int as versions from subject_version',
  );
  expect(effects[0]?.versions).toBe(received.length);
}, 150_000);
