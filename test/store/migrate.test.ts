import { copyFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate, migrationsFolder, readMigrations } from '../../src/store/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

let db: TestDatabase;
let folder: TemporaryFolder;
beforeEach(async () => {
  db = await createTestDatabase({ empty: true });
  folder = await createTemporaryFolder();
  await write('0001-first.sql', 'create table first (n int); insert into first values (1);');
});
afterEach(async () => {
  await db.close();
  await folder[Symbol.asyncDispose]();
});

const write = (name: string, sql: string) => writeFile(join(folder.path, name), sql);
const run = () => migrate(db.connectionString, folder.path);
const applied = () => db.sql('select number, name from schema_migration order by number');

describe('migrations', () => {
  it('are applied in order, each once', async () => {
    await write('0002-second.sql', 'alter table first add column m int');
    expect(await run()).toEqual({ applied: ['0001-first', '0002-second'], number: 2 });
    expect(await run()).toEqual({ applied: [], number: 2 });
    await write('0003-third.sql', 'create table third (n int)');
    expect(await run()).toEqual({ applied: ['0003-third'], number: 3 });
    expect(await applied()).toHaveLength(3);
  });

  it('of the product itself apply to an empty database', async () => {
    const files = await readdir(migrationsFolder);
    const result = await migrate(db.connectionString);
    expect(result.applied).toHaveLength(files.length);
  });

  it('are applied once by programs that start at the same time', async () => {
    await write('0002-slow.sql', 'select pg_sleep(0.2); create table slow (n int)');
    const results = await Promise.all([run(), run(), run(), run()]);
    expect(results.flatMap((result) => result.applied).sort()).toEqual(['0001-first', '0002-slow']);
    expect(await db.sql('select * from first')).toHaveLength(1);
  });

  it('that fail leave nothing of themselves, and what came before stays', async () => {
    await write('0002-broken.sql', 'create table half (n int); create table half (n int)');
    await expect(run()).rejects.toMatchObject({ code: 'query' });
    expect(await applied()).toEqual([{ number: 1, name: '0001-first' }]);
    expect(await db.sql(`select to_regclass('half') as t`)).toEqual([{ t: null }]);
    await write('0002-broken.sql', 'create table half (n int)');
    expect((await run()).applied).toEqual(['0002-broken']);
  });

  it('are refused when an applied file was edited', async () => {
    await run();
    await write('0001-first.sql', 'create table other (n int)');
    await expect(run()).rejects.toMatchObject({
      code: 'schema-changed',
      message: expect.stringContaining('0001-first'),
    });
  });

  it('are refused by an old program when a newer one was here', async () => {
    await using newer = await createTemporaryFolder();
    await copyFile(join(folder.path, '0001-first.sql'), join(newer.path, '0001-first.sql'));
    await writeFile(join(newer.path, '0002-newer.sql'), 'create table newer (n int)');
    await migrate(db.connectionString, newer.path);
    await expect(run()).rejects.toMatchObject({
      code: 'schema-newer',
      message: expect.stringContaining('0002-newer'),
    });
  });

  it('that only expand are no obstacle to an old program; one that contracts after them is', async () => {
    await using newer = await createTemporaryFolder();
    await copyFile(join(folder.path, '0001-first.sql'), join(newer.path, '0001-first.sql'));
    await writeFile(join(newer.path, '0002-expand-column.sql'), 'alter table first add column m int');
    await migrate(db.connectionString, newer.path);
    expect(await run()).toEqual({ applied: [], number: 1 });
    await writeFile(join(newer.path, '0003-contract-column.sql'), 'alter table first drop column n');
    await migrate(db.connectionString, newer.path);
    await expect(run()).rejects.toMatchObject({
      code: 'schema-newer',
      message: expect.stringContaining('0003-contract-column'),
    });
  });

  it('give way to a transaction that uses the table, and come through after it', async () => {
    await run();
    await write('0002-expand-column.sql', 'alter table first add column m int');
    const holder = new pg.Client({ connectionString: db.connectionString });
    await holder.connect();
    await holder.query('begin; select * from first');
    const migrating = run();
    await delay(500);
    // The migration does not stand in the way of those who come after it.
    expect(await db.sql('select n from first')).toEqual([{ n: 1 }]);
    await holder.query('commit');
    await holder.end();
    expect((await migrating).applied).toEqual(['0002-expand-column']);
  });

  it('give way, and not the gateway, where both hold a table that the other wants', async () => {
    await run();
    await db.sql('create table second (n integer)');
    await write(
      '0002-expand-both.sql',
      'alter table first add m int; select pg_sleep(0.4); alter table second add m int;',
    );
    const gateway = new pg.Client({ connectionString: db.connectionString });
    await gateway.connect();
    await gateway.query('begin; insert into second values (1)');
    const migrating = run();
    await delay(150);
    // Waits for the migration, which waits for us.
    expect((await gateway.query('select n from first')).rows).toEqual([{ n: 1 }]);
    await gateway.query('commit');
    await gateway.end();
    expect((await migrating).applied).toEqual(['0002-expand-both']);
  });

  it('count without a hole', async () => {
    await write('0003-third.sql', '');
    await expect(readMigrations(folder.path)).rejects.toThrow('should have the number 2');
  });
});
