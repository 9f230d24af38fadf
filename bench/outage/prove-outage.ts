import { performance } from 'node:perf_hooks';
import { lanesOf } from '../../src/delivery/lane-of.ts';
import { startEmbeddedServer } from '../../src/store/embedded-server.ts';
import { recordOf } from '../../test/support/messages.ts';
import { createPair, type Pair } from '../../test/support/pair.ts';
import { simulateOutage } from '../../test/support/simulate-outage.ts';
import { createDatabase, createTemplate } from '../../test/support/template.ts';
import { createTemporaryFolder } from '../../test/support/temporary-folder.ts';
import { atLeast, type Claim, equal } from '../claim.ts';

const HOUR_MS = 3_600_000;
const BATCH = 1_000;

/**
 * An outage of one hour on an injected clock, with so many messages waiting: what it costs while it lasts, and how
 * fast the backlog drains when it is over, against messages drained without one. Two sides of one
 * program, each with a durable database, joined by a function call.
 */
export async function proveOutage(messages = 100_000): Promise<Claim[]> {
  await using folder = await createTemporaryFolder();
  await using server = await startEmbeddedServer(folder.path);
  await createTemplate(server.connectionString);
  await using pair = await createPair({}, () => createDatabase(server.connectionString));
  const lanes = lanesOf(pair.cn.link.lanes).filter((lane) => lane !== 'control');
  const drained = async (first: number, count: number): Promise<number> => {
    await submitAll(pair, count, first);
    return drainAll(pair, lanes, count);
  };
  // A program that has just started is slower; and stores grow, so the steady rate is taken on both sides of the outage.
  await drained(0, Math.ceil(messages / 10));
  const before = await drained(messages, messages);
  await submitAll(pair, messages, 2 * messages);
  const outage = await simulateOutage(pair, pair.cn, lanes, HOUR_MS);
  const afterwards = await drainAll(pair, lanes, messages);
  const steady = Math.round((before + (await drained(4 * messages, messages))) / 2);
  const [left] = await pair.cn.db.sql<{ count: string }>('select count(*) from outbox');
  const requests = [...outage.requests.values()].reduce((sum, n) => sum + n, 0);
  const percent = Number(((100 * afterwards) / steady).toFixed(1));
  return [
    equal(
      `outage of an hour, ${messages} waiting: requests beyond one per lane and interval`,
      0,
      outage.excess,
    ),
    atLeast(
      `its backlog, of the steady rate of ${steady}/s (${requests} requests in the outage)`,
      90,
      percent,
      ' %',
    ),
    equal('messages of it that are not delivered', 0, Number(left?.count)),
  ];
}

async function submitAll({ cn }: Pair, messages: number, first: number): Promise<void> {
  for (let done = 0; done < messages; done += BATCH) {
    const bodies = Array.from({ length: Math.min(BATCH, messages - done) }, (_, n) => ({
      type: 'enterprise-status',
      data: recordOf(`CN4403${String(first + done + n).padStart(6, '0')}`),
    }));
    await cn.submit(...bodies);
  }
}

/** @returns messages a second */
async function drainAll(pair: Pair, lanes: readonly string[], messages: number): Promise<number> {
  const started = performance.now();
  const drained = await Promise.all(lanes.map((lane) => pair.deliver(pair.cn, [lane])));
  const seconds = (performance.now() - started) / 1_000;
  if (drained.flat().some((d) => d.ended !== 'empty')) throw new Error('a lane did not come to its end');
  return Math.round(messages / seconds);
}
