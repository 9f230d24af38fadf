import { randomBytes } from 'node:crypto';
import { appendFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { markRestored } from '../../src/ledger/mark-restored.ts';
import { restoreBackup } from '../../src/store/backup/restore-backup.ts';
import { takeBackup } from '../../src/store/backup/take-backup.ts';
import { openDatabase } from '../../src/store/database.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const silent = { info() {}, warn() {}, error() {} };
const settings = { shared_buffers: '64MB' };
// Servers with full durability, and a thousand files each way, on a machine that does other things besides.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await createTemporaryFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

const open = (name: string): Promise<Store> =>
  openStore({ dataDir: join(folder.path, name), retentionDays: 30, settings }, silent);

async function sql<R>(store: Store, text: string, values: unknown[] = []): Promise<R[]> {
  return store.database.query<R>({ name: text.slice(0, 60), text, values });
}

function restore(backup: string, dataDir: string) {
  return restoreBackup(join(folder.path, backup), join(folder.path, dataDir), {
    settings,
    async finish(connectionString, manifest) {
      await using database = openDatabase(connectionString, { connectionsMax: 1 });
      await markRestored(database, new Date(manifest.endedAt), 'test');
    },
  });
}

/**
 * Pairs of rows in two tables, committed together, as fast as it goes: what a torn copy would tear apart. Checkpoints in
 * between make the copied pg_control point past changes that the copied files lack, so that only the label of the
 * backup leads a restore to the right beginning.
 */
async function writePairs(store: Store, until: () => boolean): Promise<number> {
  let written = 0;
  while (!until()) {
    const bytes = randomBytes(3_000);
    await store.database.transaction(async (tx) => {
      await tx.query({ name: 'l', text: 'insert into left_side values ($1, $2)', values: [written, bytes] });
      await tx.query({ name: 'r', text: 'insert into right_side values ($1, $2)', values: [written, bytes] });
      await tx.query({ name: 'u', text: 'update counted set n = n + 1', values: [] });
    });
    if (++written % 25 === 0) await store.database.query({ name: 'c', text: 'checkpoint', values: [] });
  }
  return written;
}

describe('a backup taken while the database works', () => {
  let confirmed = 0;
  let incarnation = '';

  it('holds all that was confirmed before it began, and every transaction whole or not at all', async () => {
    await using store = await open('one');
    incarnation = store.incarnation;
    await sql(store, 'create table left_side (n int primary key, bytes bytea)');
    await sql(store, 'create table right_side (n int primary key, bytes bytea)');
    await sql(store, 'create table counted as select 0 as n');
    await sql(store, `insert into link_state (link) values ('us-cbp')`);
    let done = false;
    const writing = writePairs(store, () => done);
    while (confirmed < 100)
      [{ n: confirmed }] = (await sql(store, 'select n from counted')) as [{ n: number }];
    const manifest = await takeBackup(join(folder.path, 'one'), join(folder.path, 'backup'));
    done = true;
    const written = await writing;
    expect(Object.keys(manifest.files).some((name) => name.startsWith('data/pg_wal/'))).toBe(true);
    expect(await readdir(join(folder.path, 'backup'))).toContain('mra-backup.json');
    // The load went on during the backup, or it proves nothing.
    expect(written).toBeGreaterThan(confirmed + 25);

    await restore('backup', 'two');
    await using restored = await open('two');
    const [found] = await sql<{ n: number; left: number; torn: number }>(
      restored,
      `select (select n from counted) as n, (select count(*)::int from left_side) as left,
         (select count(*)::int from left_side l full join right_side r using (n)
          where l.bytes is distinct from r.bytes) as torn`,
    );
    expect(found?.torn).toBe(0);
    expect(found?.left).toBe(found?.n);
    expect(found?.n).toBeGreaterThanOrEqual(confirmed);
    expect(found?.n).toBeLessThanOrEqual(written);
  });

  it('is restored under a new incarnation, with the intake of every link closed until it is compared', async () => {
    await using restored = await open('two');
    expect(restored.incarnation).not.toBe(incarnation);
    const [link] = await sql<{ reason: string; all: boolean }>(
      restored,
      'select intake_closed_reason as reason, compare_all as all from link_state',
    );
    expect(link?.reason).toContain('restored from a backup of');
    expect(link?.all).toBe(true);
    await expect(restore('backup', 'two')).rejects.toThrow(/in use/);
  });

  it('leaves a folder that nothing starts on when it is interrupted, until it is run again', async () => {
    const interrupted = restoreBackup(join(folder.path, 'backup'), join(folder.path, 'two'), {
      settings,
      finish: () => Promise.reject(new Error('killed before the mark')),
    });
    await expect(interrupted).rejects.toThrow('killed before the mark');
    await expect(open('two')).rejects.toThrow(/did not come to its end. Run mra restore again/);
    const { replaced } = await restore('backup', 'two');
    // What was there is kept.
    expect(await readdir(replaced ?? '')).toContain('PG_VERSION');
    await using restored = await open('two');
    const [counted] = await sql<{ n: number }>(restored, 'select n from counted');
    expect(counted?.n).toBeGreaterThanOrEqual(confirmed);
  });

  it('is refused when a file of it differs, and nothing is changed', async () => {
    await appendFile(join(folder.path, 'backup', 'data', 'PG_VERSION'), 'x');
    await expect(restore('backup', 'two')).rejects.toThrow(/damaged: data\/PG_VERSION differs/);
    await using untouched = await open('two');
    expect(await sql(untouched, 'select 1 from counted')).toHaveLength(1);
  });

  it('is refused when it did not come to its end', async () => {
    await rm(join(folder.path, 'backup', 'mra-backup.json'));
    await expect(restore('backup', 'two')).rejects.toThrow(/no whole backup/);
  });
});
