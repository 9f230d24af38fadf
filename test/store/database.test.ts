import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type Query, type Transaction } from '../../src/store/database.ts';
import { StoreError } from '../../src/store/errors.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await db.sql('create table counter (name text primary key, n bigint not null)');
  await db.sql(`create function raise(state text) returns int language plpgsql
    as 'begin raise exception using errcode = state; end'`);
});
afterAll(() => db.close());

const insert = (name: string, n = 0): Query => ({
  name: 'counter-insert',
  text: 'insert into counter (name, n) values ($1, $2)',
  values: [name, n],
});
const names = async () => (await db.sql<{ name: string }>('select name from counter')).map((row) => row.name);

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.fail('should have failed'),
    (error: unknown) => error,
  );
}

describe('columns', () => {
  it('come as numbers, instants, calendar dates and unparsed JSON', async () => {
    const [row] = await db.database.query({
      name: 'columns',
      text: `select 9007199254740991::int8 as big, array[1, null]::int8[] as bigs, date '2026-11-23' as day,
               array[date '0001-01-01'] as days, timestamptz '2026-11-23 08:00:00.123+00' as at,
               '{"b": 1,"a":2}'::json as json, '\\x00ff'::bytea as bytes, '深圳' as han`,
      values: [],
    });
    expect(row).toEqual({
      big: Number.MAX_SAFE_INTEGER,
      bigs: [1, null],
      day: '2026-11-23',
      days: ['0001-01-01'],
      at: new Date('2026-11-23T08:00:00.123Z'),
      json: '{"b": 1,"a":2}',
      bytes: Buffer.from([0, 255]),
      han: '深圳',
    });
  });

  it('refuse a number that JavaScript cannot hold', async () => {
    const query = { name: 'too-big', text: 'select 9007199254740992::int8 as n', values: [] };
    await expect(db.database.query(query)).rejects.toThrow(StoreError);
    await expect(db.database.query({ name: 'one', text: 'select 1 as n', values: [] })).resolves.toEqual([
      { n: 1 },
    ]);
  });
});

describe('a transaction', () => {
  it('commits when its work resolves and rolls back when it throws, passing the error through', async () => {
    await db.database.transaction((tx) => tx.query(insert('kept')));
    const own = new Error('own');
    const failed = db.database.transaction(async (tx) => {
      await tx.query(insert('lost'));
      throw own;
    });
    expect(await failureOf(failed)).toBe(own);
    expect(await names()).toContain('kept');
    expect(await names()).not.toContain('lost');
  });

  it('is not taken for committed when a statement failed and the work went on', async () => {
    const work = db.database.transaction(async (tx) => {
      await tx.query(insert('swallowed'));
      await tx.query(insert('swallowed')).catch(() => {});
    });
    await expect(work).rejects.toThrow('rolled back');
    expect(await names()).not.toContain('swallowed');
  });

  it('refuses a statement after its end', async () => {
    let kept: Transaction | undefined;
    await db.database.transaction(async (tx) => {
      kept = tx;
    });
    await expect(kept?.query(insert('late'))).rejects.toThrow('the transaction is over');
  });

  it('refuses to commit while a statement that nobody waits for is running', async () => {
    const work = db.database.transaction(async (tx) => {
      void tx.query(insert('unawaited')).catch(() => {});
    });
    await expect(work).rejects.toThrow('still running');
    expect(await names()).not.toContain('unawaited');
  });

  it('refuses the database itself while it is open, on which it could wait for itself', async () => {
    const nested = db.database.transaction(() => db.database.transaction(async () => {}));
    await expect(nested).rejects.toThrow('a transaction is open here');
    const beside = db.database.transaction(() => db.database.query(insert('beside')));
    await expect(beside).rejects.toThrow('a transaction is open here');
    await db.database.transaction(async () => {});
  });

  it('runs statements asked for at once one after another', async () => {
    const rows = await db.database.transaction((tx) =>
      Promise.all(
        [1, 2, 3].map((n) =>
          tx.query<{ n: number }>({ name: 'echo', text: 'select $1::int as n', values: [n] }),
        ),
      ),
    );
    expect(rows.flat()).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  it('is run again after a deadlock as often as it allows', async () => {
    await db.sql(`insert into counter values ('left', 0), ('right', 0)`);
    const add = (name: string): Query => ({
      name: 'counter-add',
      text: 'update counter set n = n + 1 where name = $1',
      values: [name],
    });
    let runs = 0;
    const both = (first: string, second: string) =>
      db.database.transaction(
        async (tx) => {
          runs++;
          await tx.query(add(first));
          await new Promise((resolve) => setTimeout(resolve, 100));
          await tx.query(add(second));
        },
        { retries: 5 },
      );
    await Promise.all([both('left', 'right'), both('right', 'left')]);
    expect(runs).toBeGreaterThan(2);
    expect(await db.sql(`select n from counter where name in ('left', 'right')`)).toEqual([
      { n: '2' },
      { n: '2' },
    ]);
  });

  it('says "conflict" when its retries are used up', async () => {
    const work = db.database.transaction(
      (tx) => tx.execute(`do $$ begin raise exception using errcode = '40001'; end $$`),
      { retries: 2 },
    );
    expect(await failureOf(work)).toMatchObject({ code: 'conflict' });
  });
});

describe('a failure', () => {
  it.each([
    ['a key that exists', insert('twice'), 'constraint'],
    ['a statement that is wrong', { name: 'wrong', text: 'selec 1', values: [] }, 'query'],
    ['a server without disk space', raising('53100'), 'disk-full'],
    ['a server that goes down', raising('57P01'), 'unavailable'],
    ['a standby after a failover', raising('25006'), 'unavailable'],
    ['a lock that was not free in time', raising('55P03'), 'timeout'],
    ['a right that is missing', raising('42501'), 'refused'],
  ])('by %s has its code, a sentence and its cause, but no values', async (_, query, code) => {
    await db.sql(`insert into counter values ('twice', 0) on conflict do nothing`);
    const error = await failureOf(db.database.query(query));
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ code, cause: expect.any(Error) });
    expect(String(error)).not.toContain('twice');
  });

  it('by a constraint names the constraint', async () => {
    await db.sql(`insert into counter values ('twice', 0) on conflict do nothing`);
    expect(await failureOf(db.database.query(insert('twice')))).toMatchObject({ constraint: 'counter_pkey' });
  });

  it('by slowness is a timeout', async () => {
    await using slow = openDatabase(db.connectionString, { statementTimeoutMs: 50 });
    const error = await failureOf(slow.query({ name: 'sleep', text: 'select pg_sleep(5)', values: [] }));
    expect(error).toMatchObject({ code: 'timeout' });
  });

  it('by a server that is not there is "unavailable" and names no password', async () => {
    await using nowhere = openDatabase('postgresql://mra:geheim@127.0.0.1:9/mra');
    const error = await failureOf(nowhere.query({ name: 'one', text: 'select 1', values: [] }));
    expect(error).toMatchObject({ code: 'unavailable' });
    expect(JSON.stringify(error) + String(error)).not.toContain('geheim');
  });

  it('by a pool that stays full is "unavailable"', async () => {
    await using small = openDatabase(db.connectionString, { connectionsMax: 1, connectTimeoutMs: 50 });
    const other = small.transaction(() => new Promise((resolve) => setTimeout(resolve, 300)));
    const error = await failureOf(small.query({ name: 'one', text: 'select 1', values: [] }));
    expect(error).toMatchObject({ code: 'unavailable' });
    await other;
  });

  it('by a connection that breaks rolls back and leaves the pool usable', async () => {
    await using own = openDatabase(db.connectionString);
    const work = own.transaction(async (tx) => {
      await tx.query(insert('broken'));
      const [me] = await tx.query<{ pid: number }>({
        name: 'pid',
        text: 'select pg_backend_pid() as pid',
        values: [],
      });
      await db.sql('select pg_terminate_backend($1)', [me?.pid]);
      await tx.query(insert('broken-2'));
    });
    expect(await failureOf(work)).toMatchObject({ code: 'unavailable' });
    expect(await names()).not.toContain('broken');
    await own.query(insert('after-break'));
  });

  it('while committing is "commit-unknown"', async () => {
    await using own = openDatabase(db.connectionString);
    await db.sql(`create table slow_commit (n int);
      create function wait_at_commit() returns trigger language plpgsql as 'begin perform pg_sleep(3); return null; end';
      create constraint trigger slow after insert on slow_commit deferrable initially deferred
        for each row execute function wait_at_commit()`);
    const work = own.transaction(async (tx) => {
      const [me] = await tx.query<{ pid: number }>({
        name: 'pid',
        text: 'select pg_backend_pid() as pid',
        values: [],
      });
      await tx.execute('insert into slow_commit values (1)');
      setTimeout(() => void db.sql('select pg_terminate_backend($1)', [me?.pid]), 200);
    });
    expect(await failureOf(work)).toMatchObject({ code: 'commit-unknown' });
  });
});

function raising(state: string): Query {
  return { name: `raise-${state}`, text: `select raise('${state}')`, values: [] };
}
