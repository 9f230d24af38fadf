import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Approvals } from '../../src/access/approvals.ts';
import type { Principal } from '../../src/access/tokens.ts';
import { appendEntries } from '../../src/audit/append-entries.ts';
import { readPolicy, writePolicy } from '../../src/audit/notes/policy.ts';
import { keyOfLog } from '../../src/audit/notes/verifier-key.ts';
import { checkProof } from '../../src/audit/prove-entry.ts';
import { proveMessage } from '../../src/audit/prove-message.ts';
import { runSequencer } from '../../src/audit/run-sequencer.ts';
import { eraseAgain, eraseEnterprise } from '../../src/erasure/erase-enterprise.ts';
import { addErasureRoutes } from '../../src/erasure/routes.ts';
import { numberFeed } from '../../src/feed/number-feed.ts';
import { readChanges } from '../../src/feed/read-changes.ts';
import { readEnterprise } from '../../src/register/read-enterprise.ts';
import { followMessage, readOriginal } from '../../src/submission/follow-message.ts';
import { keysOf } from '../audit/log/audited-side.ts';
import { startTestServer } from '../support/http.ts';
import { changeOf, recordOf } from '../support/messages.ts';
import { createPair, type Pair, type Side } from '../support/pair.ts';
import { copyTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const ERASED = 'CN4403960A1B';
const OTHER = 'CN4403960A1C';
const asker: Omit<Principal, 'name'> = { id: 'token', scopes: new Set(['erase']) };
const keys = keysOf('customs', 1);

let pair: Pair;
let folder: TemporaryFolder;
/** What the sender held before the erasure. */
let backup: TestDatabase;
let message: string;
beforeAll(async () => {
  pair = await createPair();
  folder = await createTemporaryFolder();
  const { cn } = pair;
  const outcomes = await cn.submit(
    { type: 'enterprise-status', data: recordOf(ERASED) },
    { type: 'certification-change', data: changeOf(ERASED) },
    { type: 'enterprise-status', data: recordOf(OTHER) },
  );
  const [first] = outcomes;
  if (!first || !('accepted' in first)) throw new Error(JSON.stringify(outcomes));
  message = first.accepted.id;
});
afterAll(async () => {
  await pair[Symbol.asyncDispose]();
  await backup?.close();
  await folder[Symbol.asyncDispose]();
});

async function sequence(db: TestDatabase): Promise<void> {
  await using sequencer = runSequencer({
    database: db.database,
    log: pino({ level: 'silent' }),
    logKey: keys.log,
    now: () => new Date(),
    numberFeed,
    onFeed() {},
  });
  await sequencer.settle();
}

const list = (side: Side): string => join(folder.path, side.party, 'erasures.jsonl');
const erasing = (side: Side, at = new Date()) =>
  eraseEnterprise(side.db.database, list(side), {
    subject: ERASED,
    at,
    reason: 'asked for by the enterprise',
    by: 'test',
  });

/** Every row of every table in which a text of it stands, but for the record of the erasure itself. */
async function mentions(db: TestDatabase, text: string): Promise<string[]> {
  const tables = await db.sql<{ name: string }>(
    `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await db.sql<{ row: string }>(`select t::text as row from ${name} t`);
    for (const { row } of rows) {
      const hidden = [...row.matchAll(/[\w-]{40,}/g)].map(([part]) =>
        Buffer.from(part, 'base64url').toString('utf8'),
      );
      if ([row, ...hidden].some((each) => each.includes(text)) && !row.includes('enterprise-erased'))
        found.push(name);
    }
  }
  return [...new Set(found)];
}

const policy = () =>
  readPolicy(
    Buffer.from(writePolicy([keyOfLog(keys.log.verifier, String(new Date().getUTCFullYear()))], new Map())),
  );

describe('mra erase', () => {
  it('waits for what is still to be delivered', async () => {
    await expect(erasing(pair.cn)).rejects.toThrow(/2 messages about CN4403960A1B are still to be delivered/);
    await expect(readFile(list(pair.cn))).rejects.toThrow(/ENOENT/);
  });

  it('leaves nothing of the enterprise on either side but its id, and nothing of others is touched', async () => {
    const { cn, us } = pair;
    await pair.deliver(cn);
    await pair.receipt(us);
    for (const { db } of [cn, us]) {
      await db.sql(
        `insert into access_log (id, principal, purpose, what, ids, from_at, to_at)
         values (gen_random_uuid(), 'reader', 'clearance', 'enterprise', $1, now(), now())`,
        [[ERASED, OTHER]],
      );
    }
    await sequence(cn.db);
    backup = await copyTestDatabase(cn.db);
    const others = await Promise.all([cn, us].map(({ db }) => mentions(db, OTHER)));
    for (const side of [cn, us]) expect(await erasing(side)).toMatchObject({ messages: 2 });

    for (const { db } of [cn, us]) {
      expect(await mentions(db, 'Longgang')).toEqual(
        await mentions(db, OTHER).then((names) => names.filter((name) => /^(message_|subject$)/.test(name))),
      );
      const [row] = await db.sql(
        `select (select count(*)::int from message where subject = $1 and jws is not null) as bytes,
                (select count(*)::int from subject where subject = $1 and (details is not null or status is not null)) as cells,
                (select count(*)::int from audit_entry where position($1 in content) > 0) as contents,
                (select count(*)::int from access_log where $1 = any(ids)) as reads`,
        [ERASED],
      );
      expect(row).toEqual({ bytes: 0, cells: 0, contents: 0, reads: 0 });
    }
    expect(await Promise.all([cn, us].map(({ db }) => mentions(db, OTHER)))).toEqual(others);
    expect((await readEnterprise(us.db.database, OTHER))[0]?.details?.data).toEqual(recordOf(OTHER));
  });

  it('leaves every proof valid, and is an entry itself', async () => {
    const { cn } = pair;
    await sequence(cn.db);
    const [proof] = await proveMessage(cn.db.database, message);
    expect(checkProof(Buffer.from(proof?.text ?? ''), policy())).toMatchObject({
      content: null,
      gone: 'erased',
    });
    const before = (await proveMessage(backup.database, message))[0];
    expect(checkProof(Buffer.from(before?.text ?? ''), policy())).toMatchObject({
      content: { kind: 'message-accepted', message },
    });
    const entries = await cn.db.sql<{ content: string }>(
      `select content from audit_entry where content like '%enterprise-erased%'`,
    );
    expect(entries.map((row) => JSON.parse(row.content))).toMatchObject([
      {
        kind: 'enterprise-erased',
        subject: ERASED,
        reason: 'asked for by the enterprise',
        by: 'test',
        messages: 2,
      },
    ]);
    const [row] = await cn.db.sql<{ sha256: Buffer }>('select sha256 from message where id = $1', [message]);
    expect(row?.sha256).toHaveLength(32);
  });

  it('lets readers go on: the feed passes it over, its message has no bytes, its next version counts on', async () => {
    const { cn, us } = pair;
    await sequence(us.db);
    const { changes } = await readChanges(us.db.database, 0, { limit: 10 });
    expect(changes.map(({ subject }) => subject)).toEqual([OTHER]);
    expect(await readOriginal(us.db.database, message)).toMatchObject({ jws: null });
    expect((await followMessage(cn.db.database, message))?.state).toBe('receipted');
    const [again] = await cn.submit({ type: 'enterprise-status', data: recordOf(ERASED) });
    expect(again).toMatchObject({ accepted: { version: 3 } });
    await pair.deliver(cn);
    expect((await readEnterprise(us.db.database, ERASED))[0]?.version).toBe(3);
  });

  it('is done again on a restored backup, from the list, and once', async () => {
    const { cn } = pair;
    expect((await readFile(list(cn), 'utf8')).trim().split('\n')).toHaveLength(1);
    expect(await eraseAgain(backup.database, list(cn))).toMatchObject([{ subject: ERASED, by: 'test' }]);
    expect(await mentions(backup, 'suspended')).toEqual([]);
    expect(await readOriginal(backup.database, message)).toMatchObject({ jws: null });
    expect(await eraseAgain(backup.database, list(cn))).toEqual([]);
    await sequence(backup);
    const [proof] = await proveMessage(backup.database, message);
    expect(checkProof(Buffer.from(proof?.text ?? ''), policy()).gone).toBe('erased');
  });

  it('puts on the list what the store knows and a lost list does not', async () => {
    const { cn } = pair;
    const lost = join(folder.path, 'lost', 'erasures.jsonl');
    expect(await eraseAgain(cn.db.database, lost)).toEqual([]);
    expect(JSON.parse(await readFile(lost, 'utf8'))).toMatchObject({ subject: ERASED });
    await appendFile(lost, 'broken\n');
    await expect(eraseAgain(cn.db.database, lost)).rejects.toThrow(/line 2: is no erasure/);
  });

  it('of what is not there says so', async () => {
    const unknown = { subject: 'CN9999999999', at: new Date(), reason: 'x', by: 'test' };
    await expect(eraseEnterprise(pair.cn.db.database, list(pair.cn), unknown)).rejects.toThrow(
      /There is nothing of CN9999999999/,
    );
  });
});

describe('POST /v1/ops/erasures', () => {
  it('waits for a second person, and is then done in the transaction of the approval', async () => {
    const { cn } = pair;
    const { database } = cn.db;
    const approvals = new Approvals(database, appendEntries);
    await using api = await startTestServer('internal', (app) => {
      app.addHook('onRequest', async (request) => {
        request.principal = {
          ...asker,
          name: String(request.headers['x-name']),
          person: String(request.headers['x-name']),
        };
      });
      addErasureRoutes(app, approvals, list(cn));
    });
    const response = await fetch(`${api.url}/v1/ops/erasures`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-name': 'first' },
      body: JSON.stringify({ enterprise: OTHER, reason: 'asked for' }),
    });
    expect(response.status).toBe(202);
    const { approval } = (await response.json()) as { approval: { id: string } };
    const [kept] = await cn.db.sql<{ bytes: number }>(
      'select count(jws)::int as bytes from message where subject = $1',
      [OTHER],
    );
    expect(kept?.bytes).toBe(1);
    await expect(
      approvals.approve(approval.id, { ...asker, name: 'first', person: 'first' }),
    ).rejects.toThrow(/somebody else/);
    const done = await approvals.approve(approval.id, { ...asker, name: 'second', person: 'second' });
    expect(done).toMatchObject({ state: 'approved', result: { messages: 1 } });
    const [gone] = await cn.db.sql<{ bytes: number }>(
      'select count(jws)::int as bytes from message where subject = $1',
      [OTHER],
    );
    expect(gone?.bytes).toBe(0);
    expect(await readFile(list(cn), 'utf8')).toContain('"by":"first, second"');
  });
});
