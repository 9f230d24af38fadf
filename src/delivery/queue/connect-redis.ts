import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { QueueAddress } from './queue-address.ts';

/** A producer's command that is not answered is taken for lost; the lane is then drained without the queue. */
export const COMMAND_TIMEOUT_MS = 2_000;
const CONNECT_TIMEOUT_MS = 3_000;
/** The longest pause between two attempts to connect again: an outage ends at most this much late. */
const RECONNECT_MS_MAX = 2_000;
/** A peer that vanished without a word is noticed by the kernel's probes, which begin after this. */
const KEEP_ALIVE_MS = 5_000;

/** The client of one BullMQ object. */
export type RedisClient = Redis | Cluster;

/**
 * A connection for adding triggers: fails at once while Redis is away, because the caller has another way.
 *
 * @param onError told of every failure; an ioredis object without a listener would end the process
 */
export function connectProducer(address: QueueAddress, onError: (error: Error) => void): RedisClient {
  return connect(address, { offline: 'fail', commandTimeout: COMMAND_TIMEOUT_MS }, onError);
}

/** A connection for a worker, which waits for Redis as long as it takes. */
export function connectWorker(address: QueueAddress, onError: (error: Error) => void): RedisClient {
  return connect(address, { offline: 'wait' }, onError);
}

/** What becomes of a command while there is no connection. */
interface Manner {
  offline: 'fail' | 'wait';
  commandTimeout?: number;
}

function connect(
  address: QueueAddress,
  { offline, ...manner }: Manner,
  onError: (error: Error) => void,
): RedisClient {
  const { kind, hosts, tls, db, username, password, master } = address;
  const enableOfflineQueue = offline === 'wait';
  const common: Omit<RedisOptions, 'enableOfflineQueue' | 'host' | 'port'> = {
    ...manner,
    maxRetriesPerRequest: offline === 'wait' ? null : 0,
    ...(username && { username }),
    ...(password && { password }),
    ...(tls && { tls: {} }),
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepAlive: KEEP_ALIVE_MS,
    retryStrategy: pause,
    // After a failover the old master answers READONLY: connect again and send the command again.
    reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 2 : false),
  };
  const client = ((): RedisClient => {
    switch (kind) {
      case 'single':
        return new Redis({ ...common, ...hosts[0], db, enableOfflineQueue });
      case 'sentinel':
        return new Redis({
          ...common,
          db,
          enableOfflineQueue,
          sentinels: [...hosts],
          name: master ?? '',
          sentinelRetryStrategy: pause,
          ...(tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
        });
      case 'cluster':
        return new Cluster([...hosts], {
          redisOptions: common,
          // What asks whether the cluster is ready waits in this queue: without it that would never be so.
          enableOfflineQueue: true,
          clusterRetryStrategy: pause,
          slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
          // Names of nodes are those of their certificates.
          ...(tls && { dnsLookup: (name, done) => done(null, name) }),
        });
    }
  })();
  client.on('error', onError);
  return client;
}

function pause(attempts: number): number {
  return Math.min(50 * 2 ** Math.min(attempts, 10), RECONNECT_MS_MAX);
}
