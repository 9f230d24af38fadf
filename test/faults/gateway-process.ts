import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { environmentForChild } from '../../src/config/env.ts';
import { GatewayClient } from '../../src/demo/gateway-client.ts';
import { CLI } from '../../src/demo/start-side.ts';

const JUMP_CLOCK = fileURLToPath(new URL('./jump-clock.ts', import.meta.url));
const READY_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 30_000;
/** As whoever supervises it in production does. */
const STARTS_MAX = 5;

export interface ProcessPlan {
  config: string;
  internalPort: number;
  exchangePort: number;
  log: string;
  /** File that holds how far its clock is from the machine's. */
  clock: string;
  /** Folder in which all processes of a run keep their compiled code, so that each start costs half as much. */
  code: string;
}

/** One gateway of a side, which can be killed, frozen and started again on its own ports. */
export class GatewayProcess implements AsyncDisposable {
  readonly plan: ProcessPlan;
  readonly internal: string;
  readonly exchangePort: number;
  #child: ChildProcess | undefined;
  #ready = false;
  /** The run is over: what was still to be started again is not. */
  #over = false;

  constructor(plan: ProcessPlan) {
    this.plan = plan;
    this.internal = `http://127.0.0.1:${plan.internalPort}`;
    this.exchangePort = plan.exchangePort;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Up, answering, and neither killed nor frozen by us. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Starts it, again where it ends before it is ready: its database may be stopped while it starts. */
  async start(): Promise<void> {
    for (let tries = 1; ; tries++) {
      const how = await this.#startOnce();
      if (how !== 'ended') return;
      if (tries === STARTS_MAX) throw new Error(`${this.plan.log}: the gateway ended by itself`);
    }
  }

  async #startOnce(): Promise<'ready' | 'ended' | 'not wanted'> {
    const { config, internalPort, exchangePort, log, clock, code } = this.plan;
    const output = await open(log, 'a', 0o600);
    if (this.#over) {
      await output.close();
      return 'not wanted';
    }
    const child = spawn(process.execPath, ['--import', JUMP_CLOCK, CLI, 'serve', '--config', config], {
      stdio: ['ignore', output.fd, output.fd],
      env: {
        ...environmentForChild(),
        MRA_FAULTS_CLOCK: clock,
        NODE_COMPILE_CACHE: code,
        MRA_INTERNAL_PORT: String(internalPort),
        MRA_EXCHANGE_PORT: String(exchangePort),
        MRA_LOG_LEVEL: 'warn',
      },
    });
    this.#child = child;
    await output.close();
    const how = await this.#untilReady(child);
    if (how === 'ready') this.#ready = true;
    return how;
  }

  async #untilReady(child: ChildProcess): Promise<'ready' | 'ended' | 'not wanted'> {
    await using client = new GatewayClient(this.internal, 1);
    const deadline = Date.now() + READY_TIMEOUT_MS;
    while (!(await client.answers('/health/ready'))) {
      if (this.#child !== child) return 'not wanted';
      if (child.exitCode !== null) return 'ended';
      if (Date.now() > deadline) throw new Error(`${this.plan.log}: not ready in ${READY_TIMEOUT_MS} ms`);
      await delay(100);
    }
    return this.#child === child ? 'ready' : 'not wanted';
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#ready = false;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  freeze(): void {
    this.#ready = false;
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
    this.#ready = this.#child !== undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    const child = this.#child;
    this.#ready = false;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit').then(() => true);
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    const over = new AbortController();
    const late = delay(STOP_TIMEOUT_MS, false, { signal: over.signal }).catch(() => true);
    if (!(await Promise.race([ended, late]))) child.kill('SIGKILL');
    over.abort();
    await ended;
  }
}
