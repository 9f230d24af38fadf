import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { findPort } from '../../src/demo/find-port.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

const PROGRAMS = ['redis-server', 'valkey-server'];
const START_MS = 10_000;

const program = PROGRAMS.find((name) => spawnSync(name, ['--version']).status === 0);

/** Why tests on Redis cannot run here; undefined where they can. In CI they must. */
export const redisMissing = program ? undefined : `neither ${PROGRAMS.join(' nor ')} is installed`;
if (redisMissing && env.CI === 'true') throw new Error(`the tests on Redis must run in CI: ${redisMissing}`);

/** A Redis or Valkey of a test's own, on the loopback, keeping nothing on disk. */
export interface TestRedis extends AsyncDisposable {
  /** For `queue.url`. */
  url: string;
  /** For what the test itself asks; offline while the server is down. */
  client: Redis;
  process(): ChildProcess;
  /** kill -9; the port stays ours. */
  kill(): Promise<void>;
  /** Starts again after `kill`, empty; does nothing while it runs, or starts already. */
  start(): Promise<void>;
}

export interface TestRedisOptions {
  /** One node that owns every slot; its scripts are judged as in a Cluster of many. */
  cluster?: boolean;
  port?: number;
  /** A node of a cluster that owns no slot: it is to be a replica. */
  replica?: boolean;
  /** Further settings of the server, by name. */
  settings?: Record<string, string>;
  /** For the client of the test itself, where the server speaks TLS. */
  tls?: { ca: string };
}

export async function startRedis(options: TestRedisOptions = {}): Promise<TestRedis> {
  const port = options.port ?? (await findPort(0));
  const folder = await createTemporaryFolder();
  const { tls, settings = {}, cluster = false } = options;
  const client = new Redis({
    host: '127.0.0.1',
    port,
    lazyConnect: true,
    retryStrategy: () => 50,
    ...(tls && { tls: { ...tls, servername: 'localhost' } }),
  });
  client.on('error', () => {});
  let child: ChildProcess;
  let started: Promise<void> | undefined;
  const spawnAgain = async (): Promise<void> => {
    child = await spawnRedis(port, folder.path, cluster, settings);
    if (client.status === 'wait') await client.connect();
    if (cluster && !options.replica) await ownEverySlot(client);
  };
  const start = (): Promise<void> => (started ??= spawnAgain());
  const kill = async (): Promise<void> => {
    await started;
    started = undefined;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  await start();
  return {
    url: `${cluster ? 'redis-cluster' : 'redis'}://127.0.0.1:${port}`,
    client,
    process: () => child,
    kill,
    start,
    async [Symbol.asyncDispose]() {
      client.disconnect();
      await kill();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function spawnRedis(
  port: number,
  folder: string,
  cluster: boolean,
  more: Readonly<Record<string, string>>,
): Promise<ChildProcess> {
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    appendonly: 'no',
    'maxmemory-policy': 'noeviction',
    // It renames its process: by the folder in the name a run that was killed is cleaned up after.
    'proc-title-template': `{title} ${folder}`,
    ...(cluster && { 'cluster-enabled': 'yes', 'cluster-announce-ip': '127.0.0.1' }),
    ...more,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(program ?? '', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  await said(child, 'Ready to accept connections');
  return child;
}

async function said(child: ChildProcess, words: string): Promise<void> {
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const deadline = Date.now() + START_MS;
  while (!output.includes(words)) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`redis does not start: ${output}`);
    await delay(10);
  }
}

/** One sentinel that watches the server under the name `mra`. */
export async function startSentinel(redis: TestRedis): Promise<{ url: string } & AsyncDisposable> {
  const port = await findPort(0);
  const folder = await createTemporaryFolder();
  const file = join(folder.path, 'sentinel.conf');
  const server = Number(new URL(redis.url).port);
  const settings = `proc-title-template "{title} ${folder.path}"\nport ${port}\nbind 127.0.0.1\ndir ${folder.path}\nsentinel monitor mra 127.0.0.1 ${server} 1\nsentinel down-after-milliseconds mra 500\nsentinel failover-timeout mra 3000\n`;
  await writeFile(file, settings);
  const child = spawn(program ?? '', [file, '--sentinel'], { stdio: ['ignore', 'pipe', 'ignore'] });
  await said(child, '+monitor master mra');
  return {
    url: `redis-sentinel://127.0.0.1:${port}/mra`,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function ownEverySlot(client: Redis): Promise<void> {
  const state = async (): Promise<string> => String(await client.cluster('INFO'));
  if ((await state()).includes('cluster_slots_assigned:0')) await client.cluster('ADDSLOTSRANGE', 0, 16_383);
  while (!(await state()).includes('cluster_state:ok')) await delay(20);
}
