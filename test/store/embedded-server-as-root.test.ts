import { chmod, chown, cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBinaries, findPackage } from '../../src/store/embedded/binaries.ts';
import { canEnter, findServerUser } from '../../src/store/embedded/server-user.ts';
import { startEmbeddedServer } from '../../src/store/embedded-server.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

let system: TemporaryFolder;
let closed: TemporaryFolder;
beforeAll(async () => {
  system = await createTemporaryFolder();
  closed = await createTemporaryFolder();
  await chmod(closed.path, 0o700);
});
afterAll(async () => {
  await system[Symbol.asyncDispose]();
  await closed[Symbol.asyncDispose]();
});

const dataDir = (name = 'cn') => join(closed.path, name);
const start = (name?: string) => startEmbeddedServer(dataDir(name), { systemRoots: [system.path] });
const outside = async () => readdir(join(system.path, 'mra-gateway'));

async function sql(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

async function write(name?: string): Promise<void> {
  await using server = await start(name);
  await sql(server.connectionString, 'create table if not exists kept as select 7 as n');
}

describe.runIf(process.getuid?.() === 0)(
  'as root, in a folder that others may not enter, the embedded server',
  () => {
    it('runs as a user of the system, with its data where that user can reach them and nobody else', async () => {
      const user = await findServerUser();
      expect(user?.uid).not.toBe(0);
      expect(await canEnter(user, closed.path)).toBe(false);
      await write();
      await write();
      const [place, ...others] = (await outside()).filter((name) => !name.startsWith('postgres-'));
      expect(others).toEqual([]);
      expect(
        await canEnter(
          { name: 'nobody', uid: 65534, gid: 65534 },
          join(system.path, 'mra-gateway', place ?? ''),
        ),
      ).toBe(false);
      expect(JSON.parse(await readFile(join(dataDir(), 'database-place.json'), 'utf8'))).toEqual({
        folder: join(system.path, 'mra-gateway', place ?? ''),
      });
      await using again = await start();
      expect(await sql(again.connectionString, 'select n from kept')).toEqual([{ n: 7 }]);
    });

    it('is found again when the data directory is moved', async () => {
      await write('cn');
      await rename(dataDir('cn'), dataDir('moved'));
      {
        await using server = await start('moved');
        expect(await sql(server.connectionString, 'select n from kept')).toEqual([{ n: 7 }]);
      }
      await rename(dataDir('moved'), dataDir('cn'));
    });

    it('is not shared with a copy of the data directory', async () => {
      await write('cn');
      await cp(dataDir('cn'), dataDir('copy'), { recursive: true });
      await expect(start('copy')).rejects.toThrow('is a copy of');
    });

    it('begins anew when the data directory was removed, keeping the last database aside', async () => {
      await write('cn');
      await rm(dataDir('cn'), { recursive: true });
      await using server = await start('cn');
      await expect(sql(server.connectionString, 'select n from kept')).rejects.toThrow('does not exist');
      const names = (await outside()).filter((name) => !name.startsWith('postgres-'));
      expect(names.filter((name) => name.startsWith('abandoned-'))).toHaveLength(1);
      expect(names).toHaveLength(2);
    });

    it('refuses to begin anew when what the pointer names is gone', async () => {
      await write('cn');
      await rm(join(system.path, 'mra-gateway'), { recursive: true });
      await expect(start('cn')).rejects.toThrow('is gone. Restore it');
    });

    it('does not use a system folder that belongs to another user', async () => {
      await using other = await createTemporaryFolder();
      await mkdir(join(other.path, 'mra-gateway'));
      await chown(join(other.path, 'mra-gateway'), 65534, 65534);
      const started = startEmbeddedServer(dataDir('new'), { systemRoots: [other.path] });
      await expect(started).rejects.toThrow('cannot reach the data directory');
    });

    it('uses a copy of the programs when node_modules is closed too', async () => {
      const found = findPackage();
      await cp(found.native, join(closed.path, 'native'), { recursive: true, verbatimSymlinks: true });
      const user = await findServerUser();
      const unreachable = { ...found, native: join(closed.path, 'native') };
      await using copies = await createTemporaryFolder();
      const find = () => findBinaries(user, async () => copies.path, unreachable);
      const [a, b] = await Promise.all([find(), find()]);
      expect(a.postgres.startsWith(join(copies.path, `postgres-${found.version}`))).toBe(true);
      expect(b).toEqual(a);
      expect(await readdir(copies.path)).toHaveLength(1);
    });
  },
);
