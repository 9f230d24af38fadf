import { expect, it, vi } from 'vitest';
import { sendAgain } from '../../src/delivery/send-again.ts';
import { newMessageId } from '../../src/envelope/message-id.ts';
import { readEnterprise } from '../../src/register/read-enterprise.ts';
import { followMessage } from '../../src/submission/follow-message.ts';
import { copyDatabase, goBack } from '../support/go-back.ts';
import { compareAll, recover } from '../support/ledger.ts';
import { changeOf, recordOf } from '../support/messages.ts';
import { createPair, type Side } from '../support/pair.ts';

async function accept(side: Side, type: string, data: object): Promise<string> {
  const [outcome] = await side.submit({ type, data });
  if (!outcome || !('accepted' in outcome)) throw new Error(JSON.stringify(outcome));
  return outcome.accepted.id;
}

const status = (side: Side, id: string, members: object = {}) =>
  accept(side, 'enterprise-status', recordOf(id, members));
const suspend = (side: Side, id: string) => accept(side, 'certification-change', changeOf(id));

const versions = (side: Side, subject: string) =>
  side.db.sql<{ version: string; message: string }>(
    `select version::int, message from subject_version where subject = $1 and not refused order by version`,
    [subject],
  );

it('puts lost messages back with their versions, and what was pending goes out as new ones after them', async () => {
  await using pair = await createPair();
  const { cn, us } = pair;
  const [A, B, C] = ['CN4403960A01', 'CN4403960A02', 'CN4403960A03'] as const;
  await status(cn, A);
  await pair.deliver(cn);
  await pair.receipt(us);
  const copy = await copyDatabase(cn.db);

  // Lost with the database: a version of a known subject, a new subject, and one that was never delivered.
  const lostChange = await suspend(cn, A);
  const lostNew = await status(cn, B);
  await pair.deliver(cn);
  const before = await cn.db.sql(
    `select id, version, sha256, jws from message where direction = 'out' and subject <> 'gateway' order by id`,
  );
  await status(cn, C);
  await goBack(cn.db, copy);
  // Receipts of what was lost come before the messages are back: they fit nothing yet.
  await pair.receipt(us);

  // Accepted before anybody knew: both draw versions that the partner has seen on other messages.
  const pendingKnown = await status(cn, A, { occasion: 'periodic', lastValidatedOn: '2025-06-01' });
  const pendingNew = await status(cn, B);
  expect(await compareAll(cn, us)).toMatchObject({ outcome: 'sender-restored', unknown: 2 });

  const recovery = await recover(cn, us);
  expect(recovery).toMatchObject({ putBack: 2, erased: [], comparison: { outcome: 'equal', unknown: 0 } });
  expect(recovery.lost?.since.getTime()).toBeLessThanOrEqual(Date.now());
  const after = await cn.db.sql(
    `select id, version, sha256, jws from message where direction = 'out' and subject <> 'gateway'
     and id = any ($1::uuid[]) order by id`,
    [before.map((row) => row.id)],
  );
  expect(after).toEqual(before);

  // The change had suspended A; a status that says certified since before does not fit after it.
  expect(recovery.notAcceptedAgain.map(({ id }) => id)).toEqual([pendingKnown]);
  expect(recovery.acceptedAgain).toBe(1);
  const [replacement] = await cn.db.sql<{ id: string; version: number }>(
    `select r.id, m.version::int from replacement r join message m on m.id = r.id where replaces = $1`,
    [pendingNew],
  );
  expect(replacement?.version).toBe(2);
  expect((await versions(cn, A)).map(({ message }) => message)).toContain(lostChange);
  expect((await followMessage(cn.db.database, lostNew))?.state).toBe('receipted');
  const [own] = await readEnterprise(cn.db.database, A);
  expect(own).toMatchObject({ version: 2, standing: { status: 'suspended' } });

  await pair.deliver(cn);
  const [theirs] = await readEnterprise(us.db.database, B);
  expect(theirs).toMatchObject({ version: 2 });
  expect(await versions(us, A)).toEqual(await versions(cn, A));
  expect(await versions(us, B)).toEqual(await versions(cn, B));
  expect(await compareAll(cn, us)).toMatchObject({ outcome: 'equal', unknown: 0 });
  const [state] = await cn.db.sql('select intake_closed_at, halted_at from link_state');
  expect(state).toEqual({ intake_closed_at: null, halted_at: null });
});

it('leaves what the partner has asked for once more in its lane: it is no new message', async () => {
  await using pair = await createPair();
  const { cn, us } = pair;
  const A = 'CN4403960A01';
  const first = await status(cn, A);
  await pair.deliver(cn);
  const copy = await copyDatabase(cn.db);
  await suspend(cn, A);
  await pair.deliver(cn);
  await goBack(cn.db, copy);
  await cn.db.database.transaction((tx) => sendAgain(tx, cn.link, [first], new Date()));

  expect(await recover(cn, us)).toMatchObject({ putBack: 1, acceptedAgain: 0, notAcceptedAgain: [] });
  await pair.deliver(cn);
  expect(await cn.db.sql('select 1 from withdrawal')).toEqual([]);
  expect(await versions(us, A)).toEqual(await versions(cn, A));
  expect(await versions(cn, A)).toHaveLength(2);
});

it('sends a message that was withdrawn and yet came to the partner again, where the partner has lost it', async () => {
  await using pair = await createPair();
  const { cn, us } = pair;
  const A = 'CN4403960A01';
  const copy = await copyDatabase(us.db);
  const first = await status(cn, A);
  await pair.deliver(cn);
  await cn.db.sql(
    `insert into withdrawal (id, link, by, reason, at) values ($1, $2, 'li', 'too late', now())`,
    [first, cn.link.id],
  );
  await goBack(us.db, copy);
  expect(await compareAll(cn, us)).toMatchObject({ outcome: 'repaired', sentAgain: 1 });
  await pair.deliver(cn);
  expect(await versions(us, A)).toEqual(await versions(cn, A));
});

it('leaves a version that was drawn and never delivered to a void, and names it', async () => {
  await using pair = await createPair();
  const { cn, us } = pair;
  const A = 'CN4403960A01';
  await status(cn, A);
  await pair.deliver(cn);
  const copy = await copyDatabase(cn.db);
  await status(cn, A, { lastValidatedOn: '2025-06-01' });
  await suspend(cn, A);
  // The second version is lost on its way to the partner, the third is not.
  await cn.db.sql(`delete from outbox where id in (select id from message where version = 2)`);
  await pair.deliver(cn);
  await goBack(cn.db, copy);

  const recovery = await recover(cn, us);
  expect(recovery.voided).toEqual([{ subject: A, version: 2 }]);
  await pair.deliver(cn);
  expect(await us.db.sql('select 1 from version_hole')).toEqual([]);
  expect(await us.db.sql('select version::int from version_void')).toEqual([{ version: 2 }]);
});

it('can be run again after it was interrupted between two groups', async () => {
  await using pair = await createPair();
  const { cn, us } = pair;
  const copy = await copyDatabase(cn.db);
  const id = await status(cn, 'CN4403960A01');
  await pair.deliver(cn);
  await goBack(cn.db, copy);
  const pending = await status(cn, 'CN4403960A01');
  // Stopped after the messages are back and before pending ones are accepted again.
  await cn.db.sql(`create function stop() returns trigger language plpgsql as $$ begin raise exception 'stopped'; end $$;
    create trigger stop before insert on replacement for each row execute function stop()`);
  await expect(recover(cn, us)).rejects.toThrow();
  expect(await versions(cn, 'CN4403960A01')).toEqual([{ version: 1, message: id }]);
  await cn.db.sql('drop trigger stop on replacement');
  const recovery = await recover(cn, us);
  expect(recovery).toMatchObject({ putBack: 0, acceptedAgain: 1 });
  const replaced = await cn.db.sql('select replaces from replacement');
  expect(replaced).toEqual([{ replaces: pending }]);
});

it('does not bring back what had been erased here', async () => {
  await using pair = await createPair();
  const { cn, us } = pair;
  const copy = await copyDatabase(cn.db);
  const id = await status(cn, 'CN4403960A01');
  await pair.deliver(cn);
  await goBack(cn.db, copy);
  // As the start after the restore leaves it, by the list that is kept outside of backups.
  await cn.db.sql(
    `insert into erased_enterprise (subject, at, reason, by) values ('CN4403960A01', now(), 'asked for', 'test')`,
  );
  expect(await recover(cn, us)).toMatchObject({ putBack: 1, comparison: { outcome: 'equal' } });
  expect(await cn.db.sql('select jws, sha256 is not null as hash from message where id = $1', [id])).toEqual([
    { jws: null, hash: true },
  ]);
});

it('takes nothing that is not our own word, whatever the partner gives', async () => {
  await using pair = await createPair();
  const { cn, us } = pair;
  const copy = await copyDatabase(cn.db);
  const id = await status(cn, 'CN4403960A01');
  await pair.deliver(cn);
  await goBack(cn.db, copy);
  const [row] = await us.db.sql<{ jws: string }>('select jws from message where id = $1', [id]);
  const [header, payload, signature] = (row?.jws ?? '').split('.');
  const forged = Buffer.from(payload ?? '', 'base64url')
    .toString()
    .replace('certified', 'suspended');
  const jws = `${header}.${Buffer.from(forged).toString('base64url')}.${signature}`;
  await us.db.sql(
    `update message set jws = $2, sha256 = sha256(convert_to($2::text, 'UTF8')) where id = $1`,
    [id, jws],
  );
  await expect(recover(cn, us)).rejects.toMatchObject({ code: 'foreign-set' });
  expect(await cn.db.sql(`select 1 from message where direction = 'out'`)).toEqual([]);
});

it('says so where nothing is lost', async () => {
  await using pair = await createPair();
  await expect(recover(pair.cn, pair.us)).rejects.toMatchObject({ code: 'nothing-to-recover' });
});

it('finds messages whose ids are ahead, because the clock was when an earlier one was drawn', async () => {
  await using pair = await createPair();
  const { cn, us } = pair;
  const ID = 'CN4403960A0A';
  await status(cn, ID);
  await pair.deliver(cn);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 9 * 60_000 });
  newMessageId();
  vi.useRealTimers();
  // Pending in the backup, delivered before the restore; and one that the backup does not know.
  await suspend(cn, ID);
  const copy = await copyDatabase(cn.db);
  await pair.deliver(cn);
  const lost = await status(cn, ID, { status: 'suspended', occasion: 'periodic', statusSince: '2026-11-21' });
  await pair.deliver(cn);
  await goBack(cn.db, copy);

  expect(await compareAll(cn, us)).toMatchObject({
    outcome: 'sender-restored',
    unknown: 1,
    answersRecorded: 1,
  });
  expect(await recover(cn, us)).toMatchObject({
    putBack: 1,
    acceptedAgain: 0,
    notAcceptedAgain: [],
    voided: [],
  });
  expect((await versions(cn, ID)).map(({ message }) => message)).toContain(lost);
  expect(await versions(cn, ID)).toEqual(await versions(us, ID));
});
