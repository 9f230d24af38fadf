import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lanesOf } from '../../src/delivery/lane-of.ts';
import { eraseSubject } from '../../src/erasure/erase-subject.ts';
import { beginBoth, beginDaily } from '../../src/reconciliation/begin-runs.ts';
import { reconciliationHandlers } from '../../src/reconciliation/handlers.ts';
import { listRuns } from '../../src/reconciliation/keep-run.ts';
import { mendRepeated } from '../../src/reconciliation/mend-repeated.ts';
import type { ReconcilingParts, Run } from '../../src/reconciliation/reconciliation.ts';
import { releaseRun } from '../../src/reconciliation/release-run.ts';
import { takeStep } from '../../src/reconciliation/run-reconciliations.ts';
import { changeOf, recordOf } from '../support/messages.ts';
import { createPair, type Pair, type Side } from '../support/pair.ts';

const log = pino({ level: 'silent' });
const ENTERPRISES = 60;
const idOf = (n: number) => `CN44039${String(60_000 + n)}`;

let pair: Pair;
beforeAll(async () => {
  pair = await createPair();
  for (const side of [pair.cn, pair.us]) {
    side.handlers = reconciliationHandlers({ issuer: side.issuer, log }, async () => {});
    side.mend = (tx, link, messages, now) => mendRepeated(tx, side.party, link, messages, now);
  }
  const { cn } = pair;
  await cn.submit(
    ...Array.from({ length: ENTERPRISES }, (_, n) => ({
      type: 'enterprise-status',
      data: recordOf(idOf(n)),
    })),
  );
  await cn.submit({ type: 'certification-change', data: changeOf(idOf(0)) });
  await pair.deliver(cn);
});
afterAll(() => pair[Symbol.asyncDispose]());

const partsOf = (side: Side): ReconcilingParts => ({
  ...side,
  database: side.db.database,
  log,
  links: new Map([[side.link.id, side.link]]),
  trigger() {},
  waits: { settlingMs: 0, quietMs: 0 },
});

/** Lets both sides work and deliver until no run is open, or one is held; a wait is over at once. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 40; turn++) {
    for (const side of [pair.cn, pair.us]) {
      await side.db.sql(`update reconciliation set due_at = now() where state = 'settling'`);
      while (await takeStep(partsOf(side), side.link)) await deliver(side);
      await deliver(side);
    }
    const open = await Promise.all([pair.cn, pair.us].map(openRuns));
    if (open.flat().length === 0 || open.flat().some(({ state }) => state === 'held')) return;
  }
  throw new Error('a run does not end');
}

const openRuns = (side: Side) =>
  side.db.sql<{ state: string }>('select state from reconciliation where ended_at is null');

async function deliver(side: Side): Promise<void> {
  const lanes = await side.db.sql<{ lane: string }>(
    'select distinct lane from outbox where parked_at is null',
  );
  await pair.deliver(
    side,
    lanes.map(({ lane }) => lane),
  );
}

/** What both sides say of the Chinese register after a reconciliation that the American operator asked for. */
async function reconcile(dryRun = false): Promise<{ cn: Run; us: Run }> {
  const { cn, us } = pair;
  await beginBoth(partsOf(us), us.link, { dryRun, by: 'operator' }, new Date());
  await settle();
  const [own] = (await listRuns(cn.db.database, cn.link.id, 10)).filter((run) => run.register === 'own');
  const [copy] = (await listRuns(us.db.database, us.link.id, 10)).filter((run) => run.register === 'partner');
  if (!own || !copy) throw new Error('a side has no run');
  return { cn: own, us: copy };
}

const records = (side: Side) =>
  side.db.sql(
    `select subject, details::text, details_version, standing_version, regime, grade, status, effective
     from subject where party = 'CN' order by subject`,
  );

const history = (side: Side) =>
  side.db.sql<{ subject: string }>(
    `select subject, version, counts_as, message, refused, effective, regime, grade, status
     from subject_version where party = 'CN' order by subject, version`,
  );

/** The daily run of a side. */
async function runDaily(side: Side): Promise<void> {
  await side.db.sql('update link_state set reconcile_at = now()');
  expect(await beginDaily(partsOf(side), side.link, new Date())).toBe(true);
  await settle();
}

async function lastOwn(side: Side): Promise<Run> {
  const [run] = (await listRuns(side.db.database, side.link.id, 10)).filter(
    ({ register }) => register === 'own',
  );
  if (!run) throw new Error('no run');
  return run;
}

async function sentBytes(): Promise<number> {
  const [row] = await pair.cn.db.sql<{ bytes: number }>(
    `select sum(length(jws))::int as bytes from message where type in ('register-digest', 'resync-request')`,
  );
  return row?.bytes ?? 0;
}

const auditKinds = async (side: Side) =>
  (await side.db.sql<{ content: string }>('select content from audit_pending')).map(
    ({ content }) => JSON.parse(content) as { kind: string; register?: string; outcome?: string },
  );

describe('the reconciliation of the registers', () => {
  it('finds equal registers equal by one digest a register, and both sides keep and audit it', async () => {
    const { cn, us } = await reconcile();
    expect(cn).toMatchObject({ outcome: 'equal', round: 1, findings: { records: ENTERPRISES } });
    expect(us).toMatchObject({ outcome: 'equal', askedBy: 'operator', findings: { records: ENTERPRISES } });
    // Two registers, each with its digest and a short answer; one request that asks for a digest.
    expect(await sentBytes()).toBeLessThan(500_000);
    for (const side of [pair.cn, pair.us]) {
      const kept = (await auditKinds(side)).filter(({ kind }) => kind === 'register-reconciled');
      expect(kept.map(({ register, outcome }) => `${register} ${outcome}`).sort()).toEqual([
        'own equal',
        'partner equal',
      ]);
    }
  });

  it('finds in a dry run that they differ, and repairs nothing', async () => {
    await pair.us.db.sql(`update subject set status = 'revoked' where subject = $1`, [idOf(9)]);
    const before = await records(pair.us);
    const { cn, us } = await reconcile(true);
    expect(us).toMatchObject({ outcome: 'differs', dryRun: true, findings: { differingBuckets: 1 } });
    expect(cn).toMatchObject({ outcome: 'differs', findings: { differingBuckets: 1 } });
    expect(await records(pair.us)).toEqual(before);
  });

  it('finds and repairs rows altered, missing and extra in the copy', async () => {
    const { sql } = pair.us.db;
    await sql(`update subject set grade = 'certified' where subject = $1`, [idOf(1)]);
    await sql(
      `update subject set details = jsonb_set(details::jsonb, '{enterprise,name,latin}', '"X"')::json
               where subject = $1`,
      [idOf(2)],
    );
    await sql('delete from subject where subject = $1', [idOf(3)]);
    await sql('delete from subject where subject = $1', [idOf(4)]);
    await sql('delete from subject_version where subject = $1', [idOf(4)]);
    await extra(pair.us, idOf(5), 'CN4403977777');
    await extra(pair.us, idOf(6), 'CN4403988888', { versions: true });
    const { cn, us } = await reconcile();
    expect(us.outcome).toBe('repaired');
    expect(cn.outcome).toBe('repaired');
    // Status of 9 before, and 1, 2, 3 (from its own messages), 4, and the two extra ones.
    expect(us.findings.repaired).toBe(7);
    // The two extra ones, 3, and the first version of 4, which was stated again.
    expect(us.findings.mended).toBe(4);
    expect(cn.findings.unknown?.sort()).toEqual(['CN4403988888']);
    expect(await records(pair.us)).toEqual(await records(pair.cn));
    expect((await reconcile()).us).toMatchObject({ outcome: 'equal' });
  });

  it('puts right a row of our own that is not what we signed, and sends nothing for it', async () => {
    const { sql } = pair.cn.db;
    const before = await records(pair.cn);
    const [sent] = await sql<{ count: number }>(
      `select count(*)::int as count from message where version is not null`,
    );
    await sql(`update subject set status = 'revoked' where subject = $1`, [idOf(11)]);
    await sql('delete from subject where subject = $1', [idOf(12)]);
    await extra(pair.cn, idOf(13), 'CN4403966666');
    const { cn, us } = await reconcile();
    expect(cn).toMatchObject({ outcome: 'repaired', findings: { mended: 3, repaired: 3 } });
    expect(us).toMatchObject({ outcome: 'repaired' });
    expect(await records(pair.cn)).toEqual(before);
    expect(await sql(`select count(*)::int as count from message where version is not null`)).toEqual([sent]);
  });

  it('leaves out what is parked, and what is accepted later, and calls neither a difference', async () => {
    const { cn } = pair;
    await cn.submit({ type: 'certification-change', data: changeOf(idOf(20)) });
    await cn.db.sql(`update outbox set parked_at = now(), parked_reason = 'test'`);
    const { cn: own, us } = await reconcile();
    expect(own).toMatchObject({ outcome: 'equal', findings: { leftOut: 1 } });
    expect(us).toMatchObject({ outcome: 'equal', findings: { leftOut: 1 } });
    await cn.db.sql('update outbox set parked_at = null');
    // The digest waits for it, and is of a moment: what comes after it is told from the messages before.
    await beginBoth(partsOf(cn), cn.link, { dryRun: false, by: 'operator' }, new Date());
    while (await takeStep(partsOf(cn), cn.link));
    expect(
      await cn.db.sql(`select state from reconciliation where register = 'own' and ended_at is null`),
    ).toEqual([{ state: 'settling' }]);
    await pair.deliver(cn, lanesOf(cn.link.lanes));
    await cn.db.sql(`update reconciliation set due_at = now() where state = 'settling'`);
    await takeStep(partsOf(cn), cn.link);
    await cn.submit({ type: 'certification-change', data: changeOf(idOf(21)) });
    await pair.deliver(cn, lanesOf(cn.link.lanes));
    await settle();
    const [last] = (await listRuns(cn.db.database, cn.link.id, 10)).filter((run) => run.register === 'own');
    expect(last).toMatchObject({ outcome: 'equal', round: 1 });
  });

  it('gives a step up when the process stops, and the next owner does it again', async () => {
    const { cn } = pair;
    await beginBoth(partsOf(cn), cn.link, { dryRun: false, by: 'operator' }, new Date());
    await expect(takeStep({ ...partsOf(cn), stop: AbortSignal.abort() }, cn.link)).rejects.toThrow('aborted');
    await cn.db.sql('update reconciliation set lease_until = null');
    await settle();
    const [last] = (await listRuns(cn.db.database, cn.link.id, 2)).filter((run) => run.register === 'own');
    expect(last).toMatchObject({ outcome: 'equal' });
  });

  it('waits for an operator where more records would be sent again than may be in a day', async () => {
    const { cn, us } = pair;
    await cn.db.sql(
      `insert into reconciliation (id, link, register, reason, dry_run, state, due_at, answered, started_at, ended_at)
       values (gen_random_uuid(), $1, 'own', 'demand', false, 'ended', now(), 10000, now(), now())`,
      [cn.link.id],
    );
    await us.db.sql(`update subject set grade = 'certified' where subject = $1`, [idOf(40)]);
    await beginBoth(partsOf(us), us.link, { dryRun: false, by: 'operator' }, new Date());
    await settle();
    const held = () => cn.db.sql(`select state from reconciliation where ended_at is null`);
    expect(await held()).toEqual([{ state: 'held' }]);
    expect(await releaseRun(cn.db.database, cn.link.id, 'operator', new Date())).toBe(true);
    await settle();
    expect(await held()).toEqual([]);
    expect(await records(us)).toEqual(await records(cn));
    expect(await releaseRun(cn.db.database, cn.link.id, 'operator', new Date())).toBe(false);
    await cn.db.sql('delete from reconciliation where answered = 10000');
  });

  it('begins by itself once a day, in one process of several', async () => {
    const { cn } = pair;
    const begin = () => beginDaily(partsOf(cn), cn.link, new Date());
    expect(await begin()).toBe(false);
    await cn.db.sql('update link_state set reconcile_at = now()');
    expect((await Promise.all([begin(), begin(), begin()])).filter(Boolean)).toHaveLength(1);
    await settle();
    const [last] = await listRuns(cn.db.database, cn.link.id, 1);
    expect(last).toMatchObject({ register: 'own', reason: 'daily', outcome: 'equal' });
  });

  it('finds and puts back versions that are missing, all of an enterprise or one in the middle', async () => {
    const { cn, us } = pair;
    // A standing moved by a decision that cannot be stated as a whole, which no new message could restore.
    const id = idOf(900);
    const applicant = {
      status: 'applicant',
      class: undefined,
      certifiedOn: undefined,
      statusSince: '2026-04-02',
    };
    const granted = {
      change: 'granted',
      from: { status: 'applicant' },
      to: { status: 'certified', class: 'advanced-certified' },
      reasonCode: undefined,
    };
    await cn.submit({ type: 'enterprise-status', data: recordOf(id, applicant) });
    await cn.submit({ type: 'certification-change', data: changeOf(id, granted) });
    await deliver(cn);
    const before = await history(us);
    expect(before.filter(({ subject }) => subject === id)).toHaveLength(2);
    await us.db.sql('delete from subject_version where subject = any ($1)', [[id, idOf(41)]]);
    await us.db.sql('delete from subject where subject = any ($1)', [[id, idOf(41)]]);
    await us.db.sql('delete from subject_version where subject = $1 and version = 1', [idOf(0)]);
    await us.db.sql(`update subject_version set effective = '2020-01-01' where subject = $1`, [idOf(42)]);
    const found = await reconcile();
    expect(found.us).toMatchObject({ outcome: 'repaired', findings: { repaired: 4, putBack: [id] } });
    expect(await records(us)).toEqual(await records(cn));
    // 41 and 42 were stated again; what was there before is there again.
    expect(await history(us)).toEqual(await history(cn));
    expect(await history(us)).toEqual(expect.arrayContaining(before));
    expect((await reconcile()).us).toMatchObject({ outcome: 'equal' });
  });

  it('leaves out what was erased on either side, and compares what is said of it later', async () => {
    const { cn, us } = pair;
    const erase = (side: Side, n: number) =>
      side.db.database.transaction((tx) =>
        eraseSubject(tx, { subject: idOf(n), at: new Date(), reason: 'test', by: 'test' }),
      );
    await erase(us, 30);
    await erase(cn, 31);
    expect((await reconcile(true)).us).toMatchObject({ outcome: 'equal' });
    const emptied = () => us.db.sql('select details, status from subject where subject = $1', [idOf(30)]);
    expect(await emptied()).toEqual([{ details: null, status: null }]);
    // Without being asked, the authority does not know at first what the copy has erased.
    await erase(us, 32);
    await runDaily(cn);
    expect((await lastOwn(cn)).outcome).toBe('repaired');
    await runDaily(cn);
    expect((await lastOwn(cn)).outcome).toBe('equal');
    await delay(5);
    await cn.submit({ type: 'enterprise-status', data: recordOf(idOf(30)) });
    await deliver(cn);
    expect((await reconcile()).us).toMatchObject({ outcome: 'equal' });
  });

  it('hashes a row anew where what was kept of it is wrong', async () => {
    const { us } = pair;
    await us.db.sql(`update record_hash set sha256 = sha256('x') where subject = $1`, [idOf(50)]);
    expect((await reconcile()).us.outcome).toBe('repaired');
    expect((await reconcile()).us).toMatchObject({ outcome: 'equal', round: 1 });
  });
});

/** A row that no message speaks of, like another one. */
async function extra(side: Side, like: string, id: string, { versions = false } = {}): Promise<void> {
  const columns = async (table: string): Promise<string> => {
    const rows = await side.db.sql<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped
         and attname not in ('subject')`,
      [table],
    );
    return rows.map(({ name }) => name).join(', ');
  };
  for (const table of versions ? ['subject', 'subject_version'] : ['subject']) {
    const list = await columns(table);
    await side.db.sql(
      `insert into ${table} (subject, ${list}) select $2, ${list} from ${table} where subject = $1`,
      [like, id],
    );
  }
}
