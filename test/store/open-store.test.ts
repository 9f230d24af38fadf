import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openStore, type StoreConfig } from '../../src/store/open-store.ts';
import { keepLog } from '../support/http.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

let db: TestDatabase;
let folder: TemporaryFolder;
beforeAll(async () => {
  db = await createTestDatabase({ empty: true });
  folder = await createTemporaryFolder();
});
afterAll(async () => {
  await db.close();
  await folder[Symbol.asyncDispose]();
});

const config = (databaseUrl = db.connectionString): StoreConfig => ({
  dataDir: folder.path,
  databaseUrl,
  retentionDays: 90,
});

describe('the store', () => {
  it('on a server of one’s own is migrated, has its partitions, and starts no other', async () => {
    const { log } = keepLog();
    await using first = await openStore(config(), log);
    expect(first.applied).toContain('0001-first-exchange');
    expect(await db.sql('select 1 from pg_inherits where inhparent = $1::regclass', ['message'])).not.toEqual(
      [],
    );
    await using second = await openStore(config(), log);
    expect(second.applied).toEqual([]);
    expect(second.incarnation).toBe(first.incarnation);
    expect(first.incarnation).toMatch(/^[0-9a-f-]{36}$/);
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('warns when its server may lose what it has confirmed', async () => {
    const kept = keepLog();
    await using _store = await openStore(config(), kept.log);
    expect(kept.text()).toContain('a 202 is not durable');
    expect(kept.text()).toContain('fsync');
  });

  it('refuses a database that cannot hold Chinese names', async () => {
    const name = 'test_ascii';
    await db.sql(
      `create database ${name} template template0 encoding 'SQL_ASCII' locale_provider libc locale 'C'`,
    );
    try {
      const url = inject('postgresUrl').replace('/mra?', `/${name}?`);
      await expect(openStore(config(url), keepLog().log)).rejects.toMatchObject({
        code: 'unsuitable',
        message: expect.stringContaining('SQL_ASCII'),
      });
    } finally {
      await db.sql(`drop database ${name} with (force)`);
    }
  });

  it.each([
    ['a wrong password', (url: string) => url.replace(/mra:[^@]*@/, 'mra:geheim@'), 'refused'],
    ['no such database', (url: string) => url.replace(/\/test_\w+\?/, '/nothing?'), 'refused'],
    ['no server', () => 'postgresql://mra:geheim@127.0.0.1:9/mra', 'unavailable'],
  ])('says what is wrong with the address: %s', async (_, spoil, code) => {
    const kept = keepLog();
    const failure = await openStore(config(spoil(db.connectionString)), kept.log).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ name: 'StoreError', code });
    expect(String(failure) + kept.text()).not.toContain('geheim');
  });
});
