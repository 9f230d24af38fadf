import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LaneRef } from '../../src/delivery/claim-lane.ts';
import { withdrawMessages } from '../../src/delivery/withdraw-messages.ts';
import { versionsAnswerer } from '../../src/resync/answer-versions.ts';
import { ASK_AFTER_MS, ASK_AGAIN_MS, askForHoles } from '../../src/resync/ask-for-holes.ts';
import type { Outcome } from '../../src/submission/submission.ts';
import { changeOf, recordOf } from '../support/messages.ts';
import { createPair, type Pair } from '../support/pair.ts';

const log = pino({ level: 'silent' });
const subject = 'CN4403960A1B';
let pair: Pair;
const woken: LaneRef[] = [];

beforeEach(async () => {
  pair = await createPair();
  pair.cn.link.lanes = 1;
  woken.length = 0;
  pair.cn.handlers = {
    'resync-request': versionsAnswerer({ ...pair.cn, log, trigger: (refs) => woken.push(...refs) }),
  };
});
afterEach(() => pair[Symbol.asyncDispose]());

function idOf(outcome: Outcome | undefined): string {
  if (!outcome || !('accepted' in outcome)) throw new Error(JSON.stringify(outcome));
  return outcome.accepted.id;
}

/** Two versions, of which the partner loses the first as a restore would. */
async function lose(): Promise<string[]> {
  const outcomes = await pair.cn.submit(
    { type: 'enterprise-status', data: recordOf(subject) },
    { type: 'certification-change', data: changeOf(subject) },
  );
  await pair.deliver(pair.cn, ['0']);
  const ids = outcomes.map(idOf);
  await pair.us.db.sql('delete from message where id = $1', [ids[0]]);
  await pair.us.db.sql('delete from subject_version where message = $1', [ids[0]]);
  await pair.us.db.sql(
    `insert into version_hole (link, party, subject, version, seen_at) values ('cn-gacc', 'CN', $1, 1, now())`,
    [subject],
  );
  return ids;
}

const asking = () => ({
  ...pair.us,
  database: pair.us.db.database,
  log,
  links: [pair.us.link],
  trigger() {},
});
const inFuture = (ms: number) => new Date(Date.now() + ms);

describe('a version that is missing although a greater one is held', () => {
  it('is asked for after a minute, not before, and not again for ten', async () => {
    await lose();
    const { link } = pair.us;
    expect(await askForHoles(asking(), link, inFuture(ASK_AFTER_MS - 5_000))).toBe(0);
    expect(await askForHoles(asking(), link, inFuture(ASK_AFTER_MS + 5_000))).toBe(1);
    expect(await askForHoles(asking(), link, inFuture(ASK_AFTER_MS + 10_000))).toBe(0);
    expect(await askForHoles(asking(), link, inFuture(ASK_AFTER_MS + ASK_AGAIN_MS + 20_000))).toBe(1);
  });

  it('is answered with the same bytes, and the hole is gone', async () => {
    const [first] = await lose();
    await askForHoles(asking(), pair.us.link, inFuture(ASK_AFTER_MS + 1));
    await pair.deliver(pair.us, ['control']);
    expect(woken).toEqual([{ link: 'us-cbp', lane: '0' }]);
    await pair.deliver(pair.cn, ['0']);
    const ours = await pair.cn.db.sql('select jws from message where id = $1', [first]);
    expect(await pair.us.db.sql('select jws from message where id = $1', [first])).toEqual(ours);
    expect(await pair.us.db.sql('select 1 from version_hole')).toEqual([]);
    const [entry] = await pair.cn.db.sql<{ content: string }>(
      `select content from audit_pending where content like '%versions-answered%'`,
    );
    expect(JSON.parse(entry?.content ?? '{}')).toMatchObject({ sent: [first], unknown: 0 });
  });

  it('of a message withdrawn is answered with its void, of one erased with a void made now', async () => {
    const { cn, us } = pair;
    const ids = (
      await cn.submit(
        { type: 'enterprise-status', data: recordOf(subject) },
        { type: 'certification-change', data: changeOf(subject, { urgent: false }) },
        { type: 'enterprise-status', data: recordOf('CN4403960A1C') },
        { type: 'certification-change', data: changeOf('CN4403960A1C') },
      )
    ).map(idOf);
    await cn.db.database.transaction((tx) =>
      withdrawMessages(tx, cn, cn.link, [ids[0] ?? ''], { by: 'test', now: new Date() }),
    );
    // The void, and the record of the other enterprise, are lost on the way.
    await cn.db.sql(
      `delete from outbox where id = $1 or id in (select id from message where type = 'version-void')`,
      [ids[2]],
    );
    await cn.db.sql('update message set jws = null where id = $1', [ids[2]]);
    await pair.deliver(cn, ['0']);
    expect(await us.db.sql('select 1 from version_hole')).toHaveLength(2);
    await askForHoles(asking(), us.link, inFuture(ASK_AFTER_MS + 1));
    await pair.deliver(us, ['control']);
    await pair.deliver(cn, ['0']);
    expect(await us.db.sql('select 1 from version_hole')).toEqual([]);
    expect(await us.db.sql('select message, reason from version_void order by subject')).toEqual([
      { message: ids[0], reason: 'withdrawn before it was delivered' },
      { message: ids[2], reason: 'erased' },
    ]);
  });

  it('is left alone where the message still waits here: it comes when it comes', async () => {
    const { cn, us } = pair;
    const [first] = (
      await cn.submit(
        { type: 'enterprise-status', data: recordOf(subject) },
        { type: 'certification-change', data: changeOf(subject) },
      )
    ).map(idOf);
    await cn.db.sql(`update outbox set parked_at = now(), parked_reason = 'test' where id = $1`, [first]);
    await pair.deliver(cn, ['0']);
    await askForHoles(asking(), us.link, inFuture(ASK_AFTER_MS + 1));
    await pair.deliver(us, ['control']);
    expect(await cn.db.sql('select 1 from outbox where parked_at is null and id = $1', [first])).toEqual([]);
    expect(await us.db.sql('select version::int as version from version_hole')).toEqual([{ version: 1 }]);
  });
});
