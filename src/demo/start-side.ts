import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { environmentForChild } from '../config/env.ts';
import { DemoError } from './demo-error.ts';
import type { DemoSide } from './demo-side.ts';
import { GatewayClient } from './gateway-client.ts';
import { grantTokens } from './grant-tokens.ts';
import type { PreparedSide } from './prepare-sides.ts';
import { PID_FILE } from './stop-orphan.ts';

export const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));

/** The first start makes a database cluster. */
const READY_TIMEOUT_MS = 120_000;
/** A gateway finishes what is under way and stops its database. */
const STOP_TIMEOUT_MS = 30_000;

/** Starts a side's gateway as a process of its own, waits until it is ready, and draws tokens for it. */
export async function startSide(
  prepared: PreparedSide,
  partner: PreparedSide,
  execArgv: readonly string[] = [],
): Promise<DemoSide> {
  const { party, link, folder, dataDir, internal, exchange } = prepared;
  const { child, ended } = await spawnGateway(prepared, execArgv);
  const client = new GatewayClient(internal);
  const stop = async (): Promise<void> => {
    await client[Symbol.asyncDispose]();
    await stopGateway(child, ended);
  };
  try {
    await untilReady(client, ended);
    const tokens = await grantTokens(dataDir);
    return {
      party,
      link,
      internal,
      exchange,
      console: `${internal}/console`,
      pid: child.pid ?? 0,
      tokens,
      tls: { ca: prepared.tls.ca, cert: partner.tls.cert, key: partner.tls.key },
      folder,
      dataDir,
      client,
      ended,
      [Symbol.asyncDispose]: stop,
    };
  } catch (cause) {
    await stop();
    const said = await lastWords(folder);
    throw new DemoError(
      'gateway-process',
      `the gateway of ${party} did not come up: ${messageOf(cause)}\n${said}`,
      {
        cause,
      },
    );
  }
}

/** Its own process group: Ctrl-C on a terminal reaches the demo alone, which then stops both in order. */
async function spawnGateway(
  { folder, config }: PreparedSide,
  execArgv: readonly string[],
): Promise<{ child: ChildProcess; ended: Promise<string> }> {
  const log = await open(join(folder, 'gateway.log'), 'a', 0o600);
  const child = spawn(process.execPath, [...execArgv, CLI, 'serve', '--config', config], {
    stdio: ['ignore', log.fd, log.fd],
    detached: true,
    env: environmentForChild(),
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) =>
      resolve(signal === null ? `it ended with ${code}` : `it was ended by ${signal}`),
    );
  });
  await log.close();
  await writeFile(join(folder, PID_FILE), `${child.pid ?? ''}\n`);
  return { child, ended };
}

async function untilReady(client: GatewayClient, ended: Promise<string>): Promise<void> {
  let over: string | undefined;
  void ended.then((how) => {
    over = how;
  });
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (!(await client.answers('/health/ready'))) {
    if (over !== undefined) throw new Error(over);
    if (Date.now() > deadline) throw new Error(`it is not ready after ${READY_TIMEOUT_MS / 1000} s`);
    await delay(50);
  }
}

async function stopGateway(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.kill('SIGTERM');
  const late = new AbortController();
  const timeout = delay(STOP_TIMEOUT_MS, 'late', { signal: late.signal }).catch(() => 'ended');
  if ((await Promise.race([ended, timeout])) === 'late') child.kill('SIGKILL');
  late.abort();
  await ended;
}

async function lastWords(folder: string): Promise<string> {
  const log = await readFile(join(folder, 'gateway.log'), 'utf8').catch(() => '');
  return log.trim().split('\n').slice(-5).join('\n');
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
