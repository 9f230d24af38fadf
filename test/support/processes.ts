import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { environmentForChild } from '../../src/config/env.ts';
import type { PreparedSide } from '../../src/demo/prepare-sides.ts';
import { CLI } from '../../src/demo/start-side.ts';
import { startBalancer } from './balancer.ts';

/** One gateway process of a side, on ports of its own. */
export interface GatewayProcess {
  child: ChildProcess;
  pid: number;
  internal: number;
  exchange: number;
  /** Checks in a row that failed; the balancer in front of it passes it over from the second on. */
  failures: number;
}

/** A side in several processes on one database, behind the two addresses that its configuration names. */
export interface SideProcesses extends AsyncDisposable {
  prepared: PreparedSide;
  processes: readonly GatewayProcess[];
  /** Starts one more. */
  start(): Promise<GatewayProcess>;
  /** Ends one by the signal and forgets it. */
  end(process: GatewayProcess, signal: NodeJS.Signals): Promise<number | null>;
}

export interface ProcessesOptions {
  count: number;
  /** `queue.url`; absent: on PostgreSQL. */
  queueUrl?: string;
  /** `database.url`; absent: the embedded one of the side, which its processes share. */
  databaseUrl?: string;
  /** Delay of what the exchange listeners answer. */
  exchangeDelayMs?: number;
}

const HEALTH_EVERY_MS = 500;
const HEALTH_TIMEOUT_MS = 2_000;
/** One late answer of a busy process is no failure. */
const FAILURES_MAX = 2;
const START_MS = 60_000;

export async function startProcesses(
  prepared: PreparedSide,
  { count, exchangeDelayMs = 0, ...place }: ProcessesOptions,
): Promise<SideProcesses> {
  await using stack = new AsyncDisposableStack();
  let processes: GatewayProcess[] = [];
  const start = async (): Promise<GatewayProcess> => {
    const started = await startProcess(prepared, place);
    processes = [...processes, started];
    return started;
  };
  const end = async (process: GatewayProcess, signal: NodeJS.Signals): Promise<number | null> => {
    processes = processes.filter((p) => p !== process);
    const { child } = process;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill(signal);
    await exited;
    return child.exitCode;
  };
  stack.defer(async () => {
    await Promise.all(processes.map((process) => end(process, 'SIGTERM')));
  });
  const portOf = (address: string): number => Number(new URL(address).port);
  // Where none is well, trying is better than refusing.
  const well = (): readonly GatewayProcess[] => {
    const found = processes.filter((p) => p.failures < FAILURES_MAX);
    return found.length > 0 ? found : processes;
  };
  for (let n = 0; n < count; n++) await start();
  stack.use(
    await startBalancer({
      port: portOf(prepared.internal),
      targets: () => well().map((p) => p.internal),
    }),
  );
  stack.use(
    await startBalancer({
      port: portOf(prepared.exchange),
      targets: () => well().map((p) => p.exchange),
      delayMs: exchangeDelayMs,
    }),
  );
  const timer = setInterval(() => {
    for (const process of processes) void watch(process);
  }, HEALTH_EVERY_MS);
  stack.defer(() => clearInterval(timer));
  const owned = stack.move();
  return {
    prepared,
    get processes() {
      return processes;
    },
    start,
    end,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function startProcess(
  { config }: PreparedSide,
  { queueUrl, databaseUrl }: Pick<ProcessesOptions, 'queueUrl' | 'databaseUrl'>,
): Promise<GatewayProcess> {
  const child = spawn(process.execPath, [CLI, 'serve', '--config', config], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...environmentForChild(),
      MRA_INTERNAL_PORT: '0',
      MRA_EXCHANGE_PORT: '0',
      ...(queueUrl && { MRA_QUEUE_URL: queueUrl }),
      ...(databaseUrl && { DATABASE_URL: databaseUrl }),
    },
  });
  const ready = await readyLine(child);
  return {
    child,
    pid: child.pid ?? 0,
    internal: portIn(ready.internal),
    exchange: portIn(ready.exchange),
    failures: 0,
  };
}

/** Its log says where it listens; the rest of the log is read, so that the pipe never fills, and dropped. */
function readyLine(child: ChildProcess): Promise<{ internal: unknown; exchange: unknown }> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const fail = (how: string): void =>
      reject(new Error(`the gateway ${how}:\n${said.slice(-10).join('\n')}`));
    const timer = setTimeout(() => fail('is not ready'), START_MS);
    child.once('exit', (code) => fail(`ended with ${code}`));
    if (!child.stdout) throw new Error('its output is not a pipe');
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (said.length < 1_000) said.push(line);
      if (!line.includes('"gateway ready"')) return;
      clearTimeout(timer);
      said.length = 0;
      resolve(JSON.parse(line));
    });
  });
}

function portIn(address: unknown): number {
  return Number(new URL(String(address)).port);
}

async function watch(process: GatewayProcess): Promise<void> {
  try {
    const answer = await fetch(`http://127.0.0.1:${process.internal}/health/ready`, {
      signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS),
    });
    await answer.arrayBuffer();
    process.failures = answer.ok ? 0 : FAILURES_MAX;
  } catch {
    process.failures++;
  }
}
