import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
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

/** Away from the ports of the other pairs that tests start. */
const PORT_OFFSET = 3_000;

const run = promisify(execFile);
let folder: TemporaryFolder;
let prepared: Record<Party, PreparedSide>;
let backend: string;
const running = new Map<Party, ChildProcess>();
let serial = 0;

beforeAll(async () => {
  folder = await createTemporaryFolder();
  prepared = await prepareSides(folder.path, PORT_OFFSET);
  await Promise.all([start('CN'), start('US')]);
  ({ backend } = await grantTokens(prepared.CN.dataDir));
}, 120_000);

afterAll(async () => {
  await Promise.all([stop('CN'), stop('US')]);
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

async function stop(party: Party): Promise<void> {
  const child = running.get(party);
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** A command of the operator's; its output. */
async function mra(party: Party, ...command: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [CLI, ...command, '--config', prepared[party].config]);
  return stdout;
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

async function submit(count: number): Promise<string[]> {
  const messages = Array.from({ length: count }, () => ({
    type: 'enterprise-status',
    data: recordOf(`CN44${50_000_000 + serial++}`),
  }));
  await using client = new GatewayClient(prepared.CN.internal);
  const { results } = await client.post<{ results: { id: string }[] }>('/v1/messages/batch', backend, {
    messages,
  });
  return results.map(({ id }) => id);
}

/** One submission without the client's patience. */
async function trySubmit(): Promise<{ status: number; code: string; retryAfter: string | null }> {
  const answer = await fetch(`${prepared.CN.internal}/v1/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${backend}`, 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'enterprise-status', data: recordOf(`CN44${50_000_000 + serial++}`) }),
  });
  const { type = '' } = (await answer.json()) as { type?: string };
  return {
    status: answer.status,
    code: type.split(':').at(-1) ?? '',
    retryAfter: answer.headers.get('retry-after'),
  };
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within two minutes: ${what}`);
    await delay(200);
  }
}

const unreceipted = `select 1 from message m where direction = 'out' and subject <> 'gateway'
  and not exists (select from withdrawal w where w.id = m.id)
  and not exists (select from receipt r where r.id = m.id)`;
const allReceipted = async () => (await query('CN', unreceipted)).length === 0;

const hashes = (direction: 'in' | 'out') =>
  `select id, encode(sha256, 'hex') as sha256 from message m where direction = '${direction}' and subject <> 'gateway'
   and not exists (select from withdrawal w where w.id = m.id and m.direction = 'out') order by id`;

it('a receiver that was restored from a backup heals by itself: nothing is lost', async () => {
  await submit(20);
  await until('all receipted', allReceipted);
  const backup = join(folder.path, 'backup-us');
  await mra('US', 'backup', backup);
  await submit(30);
  await until('all receipted', allReceipted);
  await stop('US');
  await mra('US', 'restore', backup);
  expect(await query('US', hashes('in'))).toHaveLength(20);

  await start('US');
  const sent = await query('CN', hashes('out'));
  expect(sent).toHaveLength(50);
  await until(
    'the partner holds everything again',
    async () => (await query('US', hashes('in'))).length === 50,
  );
  expect(await query('US', hashes('in'))).toEqual(sent);
  await until(
    'its own intake is open',
    async () =>
      (await query('US', 'select 1 from link_state where intake_closed_at is not null')).length === 0,
  );
  const compared = JSON.parse(await mra('CN', 'link', 'compare', '--json'));
  expect(compared).toMatchObject({ unknown: 0, sentAgain: 0, conflicting: [] });
}, 240_000);

it('a sender that was restored takes nothing until it is recovered: 503, recover, and nothing delivered is lost', async () => {
  const backup = join(folder.path, 'backup-cn');
  await mra('CN', 'backup', backup);
  await submit(25);
  await until('all receipted', allReceipted);
  const before = await query('CN', hashes('out'));
  await stop('CN');
  await mra('CN', 'restore', backup);

  await start('CN');
  await until('the loss is seen', async () => (await trySubmit()).code === 'link-recovering');
  expect(await trySubmit()).toMatchObject({ status: 503, code: 'link-recovering', retryAfter: '30' });
  const [state] = await query<{ reason: string }>('CN', 'select halted_reason as reason from link_state');
  expect(state?.reason).toContain('mra link recover us-cbp');

  const recovery = JSON.parse(await mra('CN', 'link', 'recover', 'us-cbp', '--json'));
  expect(recovery).toMatchObject({
    putBack: expect.any(Number),
    notAcceptedAgain: [],
    comparison: { unknown: 0 },
  });
  expect(recovery.putBack).toBeGreaterThanOrEqual(25);
  expect(Date.parse(recovery.lost.since)).toBeLessThan(Date.parse(recovery.lost.until));
  await until('intake is open', async () => (await trySubmit()).status === 202);
  await until('all receipted', allReceipted);
  const after = await query<{ id: string }>('CN', hashes('out'));
  expect(after).toEqual(expect.arrayContaining(before));
  expect(await query('US', hashes('in'))).toEqual(after);
}, 240_000);
