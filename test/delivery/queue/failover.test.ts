import { setTimeout as delay } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { Redis } from 'ioredis';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { readQueueAddress } from '../../../src/delivery/queue/queue-address.ts';
import { type LaneRunner, runLanes } from '../../../src/delivery/run-lanes.ts';
import { findPort } from '../../../src/demo/find-port.ts';
import { makeIdentity, writeCertificate } from '../../support/certificates.ts';
import { redisMissing, startRedis, startSentinel } from '../../support/redis.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';

/** Half a second until the sentinel holds the master for dead, its election, and the clients' next attempt. */
const FAILOVER_MS = 15_000;
const NAME = 'lanes-failover';

interface Driven extends AsyncDisposable {
  /** Drains so far. */
  drains(): number;
  lanes: LaneRunner;
}

async function drive(url: string): Promise<Driven> {
  const address = readQueueAddress(url);
  if ('fault' in address) throw new Error(address.fault);
  let drains = 0;
  const lanes = await runLanes({
    place: { address, name: NAME },
    concurrency: 2,
    log: pino({ level: 'silent' }),
    async drain() {
      drains++;
      return { ended: 'empty' };
    },
  });
  return { lanes, drains: () => drains, [Symbol.asyncDispose]: () => lanes[Symbol.asyncDispose]() };
}

/** Triggers a lane until that server has taken one, and the lane was drained for it. */
async function untilDrivenBy(server: Redis, { lanes, drains }: Driven): Promise<void> {
  const taken = async (): Promise<number> => Number((await server.get(`{mra}:${NAME}:id`)) ?? 0);
  const [triggers, drained] = [await taken(), drains()];
  const deadline = Date.now() + FAILOVER_MS;
  while ((await taken()) === triggers || drains() === drained) {
    if (Date.now() > deadline) throw new Error('the lane is not driven');
    lanes.trigger([{ link: 'a', lane: '0' }]);
    await delay(100);
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + FAILOVER_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not in time: ${holds}`);
    await delay(50);
  }
}

const replicates = async (server: Redis): Promise<boolean> =>
  (await server.info('replication')).includes('master_link_status:up');

describe.skipIf(redisMissing)(`lanes on Redis${redisMissing ? ` (not run: ${redisMissing})` : ''}`, () => {
  it('with sentinels: go on by the replica that was made the master when the master dies', async () => {
    await using master = await startRedis();
    const port = new URL(master.url).port;
    await using replica = await startRedis({ settings: { replicaof: `127.0.0.1 ${port}` } });
    await until(() => replicates(replica.client));
    await using sentinel = await startSentinel(master);
    await using driven = await drive(sentinel.url);
    await untilDrivenBy(master.client, driven);
    await master.kill();
    // Drained all the while, without the queue.
    const before = driven.drains();
    driven.lanes.trigger([{ link: 'a', lane: '1' }]);
    await until(async () => driven.drains() > before);
    await until(async () => (await replica.client.info('replication')).includes('role:master'));
    await untilDrivenBy(replica.client, driven);
  }, 60_000);

  it('in a cluster: go on by the replica that took the slots over when their master dies', async () => {
    await using master = await startRedis({ cluster: true, settings: { 'cluster-node-timeout': '500' } });
    await using replica = await startRedis({
      cluster: true,
      replica: true,
      settings: { 'cluster-node-timeout': '500' },
    });
    await replica.client.cluster('MEET', '127.0.0.1', new URL(master.url).port);
    const id = String(await master.client.cluster('MYID'));
    await until(async () => String(await replica.client.cluster('NODES')).includes(id));
    await replica.client.cluster('REPLICATE', id);
    await until(() => replicates(replica.client));
    await using driven = await drive(`${master.url},127.0.0.1:${new URL(replica.url).port}`);
    await untilDrivenBy(master.client, driven);
    await master.kill();
    // With a majority of masters left they would agree on it by themselves.
    await replica.client.cluster('FAILOVER', 'TAKEOVER');
    await until(async () => String(await replica.client.cluster('INFO')).includes('cluster_state:ok'));
    await untilDrivenBy(replica.client, driven);
  }, 60_000);

  it('speak TLS where the address says rediss, and not to a server that nobody vouches for', async () => {
    const { authority, own } = await makeIdentity('https://localhost');
    await using folder = await createTemporaryFolder();
    const { cert, key } = writeCertificate(folder.path, 'redis', own);
    const port = await findPort(0);
    const tls = {
      port: '0',
      'tls-port': String(port),
      'tls-cert-file': cert,
      'tls-key-file': key,
      'tls-auth-clients': 'no',
    };
    await using redis = await startRedis({ port, settings: tls, tls: { ca: authority.certPem } });
    const address = `rediss://localhost:${port}`;
    {
      await using driven = await drive(address);
      driven.lanes.trigger([{ link: 'a', lane: '0' }]);
      // Drained without the queue, which is not believed.
      await until(async () => driven.drains() > 0);
      expect(await redis.client.get(`{mra}:${NAME}:id`)).toBeNull();
    }
    const trusted = getCACertificates('default');
    setDefaultCACertificates([...trusted, authority.certPem]);
    try {
      await using driven = await drive(address);
      await untilDrivenBy(redis.client, driven);
    } finally {
      setDefaultCACertificates(trusted);
    }
  }, 60_000);
});
