import { setTimeout as delay } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import type { Logger } from 'pino';
import type { LaneRef } from '../claim-lane.ts';
import { COMMAND_TIMEOUT_MS, connectProducer, connectWorker, type RedisClient } from './connect-redis.ts';
import { inTime } from './in-time.ts';
import {
  type Drain,
  hastenTrigger,
  type LaneQueue,
  processTriggers,
  triggerOptions,
  workerOptions,
} from './lane-queue.ts';
import { noteOutage } from './note-outage.ts';
import type { QueueAddress } from './queue-address.ts';

/** The braces put all keys of the queue into one slot, which its scripts need in a Cluster. */
const PREFIX = '{mra}';

/** A worker asks Redis to give up its jobs when it closes, and Redis may be away. */
const CLOSE_MS = 2_000;
/** Time for the queue to note the end of its last jobs. */
const SETTLE_MS = 100;
/** A Redis that is there has answered by then. */
const READY_MS = 1_000;
/** After a failure triggers go past the queue for this long, so that they do not wait for it one by one. */
const REST_MS = 1_000;

export interface RedisQueueParts {
  address: QueueAddress;
  /** Sets gateways of several administrations apart that use one Redis, as tests do. */
  name: string;
  concurrency: number;
  log: Logger;
  drain: Drain;
}

/**
 * The queue on Redis or Valkey. It need not be there: the start waits for it but a moment, triggers fail at once
 * while it is away, and the worker begins by itself when it is back.
 */
export async function openRedisQueue(parts: RedisQueueParts): Promise<LaneQueue> {
  const { address, name, concurrency, log, drain } = parts;
  const outage = noteOutage(log);
  const producer = connectProducer(address, outage.failed);
  const consumer = connectWorker(address, outage.failed);
  const queue = new Queue<LaneRef>(name, { connection: producer, prefix: PREFIX });
  queue.on('error', outage.failed);
  const worker = new Worker<LaneRef>(name, processTriggers(drain), {
    connection: consumer,
    prefix: PREFIX,
    ...workerOptions(concurrency),
  });
  worker.on('error', outage.failed);
  await untilReady(producer);
  let restUntil = 0;

  const ask = async (asked: () => Promise<unknown>): Promise<void> => {
    // BullMQ would wait for a connection that never was, without end.
    if (producer.status !== 'ready') throw new Error('not connected');
    if (Date.now() < restUntil) throw new Error('did not answer a moment ago');
    try {
      // A Cluster that loses its last node keeps the command until it is back.
      if ((await inTime(asked(), COMMAND_TIMEOUT_MS)) === 'late') throw new Error('does not answer');
      outage.worked();
    } catch (error) {
      restUntil = Date.now() + REST_MS;
      throw error;
    }
  };
  // Closing a worker on a Cluster in order never ends (BullMQ 6.7): it is paused, and cut when its jobs are settled.
  const cut = address.kind === 'cluster';
  let closing: Promise<void> | undefined;
  return {
    queue,
    add: (ref) => ask(() => queue.add('drain', { link: ref.link, lane: ref.lane }, triggerOptions(ref))),
    hasten: (ref) => ask(() => hastenTrigger(queue, ref)),
    finish() {
      if (cut) void worker.pause(true);
      else closing ??= worker.close();
    },
    async [Symbol.asyncDispose]() {
      if (cut) await delay(SETTLE_MS);
      closing ??= worker.close(cut);
      await inTime(closing, CLOSE_MS).catch(outage.failed);
      await inTime(queue.close(), CLOSE_MS).catch(outage.failed);
      producer.disconnect();
      consumer.disconnect();
    },
  };
}

async function untilReady(client: RedisClient): Promise<void> {
  if (client.status === 'ready') return;
  const ready = new Promise<void>((resolve) => void client.once('ready', resolve));
  await inTime(ready, READY_MS);
}
