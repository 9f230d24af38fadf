import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Party } from '../../src/contract/party.ts';
import type { TokenRole } from '../../src/demo/demo-side.ts';
import { findPort } from '../../src/demo/find-port.ts';
import { grantTokens } from '../../src/demo/grant-tokens.ts';
import type { PreparedSide } from '../../src/demo/prepare-sides.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { GatewayProcess } from './gateway-process.ts';
import { SideStore } from './side-store.ts';
import { Wire } from './wire.ts';

/** A lane that fails waits for a moment only, so that a run is not mostly waiting. */
const RETRY = { firstMs: 100, maxMs: 2_000 };

/** Below those that the machine gives to outgoing connections: one of them could take the port of a killed Redis. */
const REDIS_PORTS: Readonly<Record<Party, number>> = { CN: 9_751, US: 9_851 };

/** Where a side keeps its triggers. */
export type QueueKind = 'postgres' | 'redis';

/** One administration under test: gateways on one database, and the wire before their exchange listeners. */
export interface Side extends AsyncDisposable {
  party: Party;
  link: string;
  processes: readonly GatewayProcess[];
  wire: Wire;
  tokens: Readonly<Record<TokenRole, string>>;
  prepared: PreparedSide;
  /** Its own, where the queue is there. */
  redis: TestRedis | undefined;
  store: SideStore;
  /** Sets the clock of every gateway of the side beside the machine's. */
  setClock(offsetMs: number): Promise<void>;
}

/** A side whose ports are known, not started yet: its partner's configuration names its wire. */
export interface DrawnSide {
  prepared: PreparedSide;
  processes: GatewayProcess[];
  wire: Wire;
  wirePort: number;
}

export async function drawSide(prepared: PreparedSide, count: number, firstPort: number): Promise<DrawnSide> {
  const processes: GatewayProcess[] = [];
  for (let n = 0; n < count; n++) {
    processes.push(
      new GatewayProcess({
        config: prepared.config,
        internalPort: await findPort(firstPort + 2 * n),
        exchangePort: await findPort(firstPort + 2 * n + 1),
        log: join(prepared.folder, `gateway-${n}.log`),
        clock: join(prepared.folder, 'clock'),
        code: join(prepared.folder, '..', 'code'),
      }),
    );
  }
  const wire = new Wire(processes.map(({ exchangePort }) => exchangePort));
  return { prepared, processes, wire, wirePort: await wire.listen() };
}

/** Starts a side whose link leads to the partner's wire. */
export async function startSide(
  { prepared, processes, wire }: DrawnSide,
  partnerWirePort: number,
  queue: QueueKind,
): Promise<Side> {
  const stack = new AsyncDisposableStack();
  try {
    const redis =
      queue === 'redis'
        ? stack.use(await startRedis({ port: await findPort(REDIS_PORTS[prepared.party]) }))
        : undefined;
    await writeConfig(prepared, partnerWirePort, redis?.url);
    const store = stack.use(new SideStore(prepared.dataDir));
    await store.open();
    stack.use(wire);
    // One after the other: the first makes the schema.
    for (const gateway of processes) {
      stack.use(gateway);
      await gateway.start();
    }
    const tokens = await grantTokens(prepared.dataDir);
    return {
      party: prepared.party,
      link: prepared.link,
      processes,
      wire,
      tokens,
      prepared,
      redis,
      store,
      setClock: (offsetMs) => writeFile(join(prepared.folder, 'clock'), String(offsetMs)),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function writeConfig(
  prepared: PreparedSide,
  partnerWirePort: number,
  queueUrl: string | undefined,
): Promise<void> {
  const config = JSON.parse(await readFile(prepared.config, 'utf8'));
  const [link] = config.links;
  const partner = new URL(link.exchangeUrl);
  partner.port = String(partnerWirePort);
  link.exchangeUrl = partner.origin;
  link.retry = RETRY;
  if (queueUrl !== undefined) config.queue = { url: queueUrl };
  await writeFile(prepared.config, JSON.stringify(config, null, 2));
}
