import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyExport } from '../../../src/audit/export/verify-export.ts';
import { writeExport } from '../../../src/audit/export/write-export.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';
import { type AuditedPair, createAuditedPair } from '../log/audited-side.ts';

let pair: AuditedPair;
let folder: TemporaryFolder;
beforeAll(async () => {
  pair = await createAuditedPair();
  folder = await createTemporaryFolder();
});
afterAll(async () => {
  await pair[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function exported(name: string, entries: number) {
  const { cn, us } = pair;
  await cn.append(entries);
  await cn.sequence();
  await cn.publish();
  const dir = join(folder.path, name);
  const keys = { log: cn.keys.log.verifier, witnesses: new Map([['us', us.keys.witness.verifier]]) };
  const written = await writeExport(cn.db.database, '2026', keys, dir);
  return { dir, written, policy: await readFile(join(dir, 'policy')) };
}

async function filesOf(dir: string): Promise<string[]> {
  const found = await readdir(dir, { recursive: true, withFileTypes: true });
  return found
    .filter((item) => item.isFile())
    .map((item) => join(item.parentPath, item.name).slice(dir.length + 1))
    .sort();
}

describe('an export', () => {
  it('of a small log holds; any one bit flipped in any byte of it is found and its file is named', async () => {
    const { dir, policy, written } = await exported('small', 3);
    expect(written).toEqual({ origin: 'customs.example/audit/2026', size: 3, cosigned: 1 });
    expect(await verifyExport(dir, policy)).toMatchObject({
      size: 3,
      cosigned: [{ name: 'us' }],
      faults: [],
    });
    const files = await filesOf(dir);
    expect(files).toEqual([
      'checkpoint',
      'policy',
      'tile/0/000.p/3',
      'tile/entries/000.p/3',
      'verifier-keys',
    ]);
    for (const file of files) {
      const bytes = await readFile(join(dir, file));
      for (let at = 0; at < bytes.length; at++) {
        const flipped = Buffer.from(bytes);
        // A different bit in each byte; every bit of some byte is tried.
        flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (at % 8)), at);
        await writeFile(join(dir, file), flipped);
        const { faults } = await verifyExport(dir, policy);
        expect([file, at, faults.length > 0]).toEqual([file, at, true]);
        const named = faults.map((fault) => fault.file);
        // Of a bundle and its tile without one above, either may have been changed: the entry is named.
        if (file.startsWith('tile/')) expect(faults[0]?.entry).toBe(entryAt(file, bytes, at));
        else expect(named).toContain(file);
      }
      await writeFile(join(dir, file), bytes);
    }
    expect((await verifyExport(dir, policy)).faults).toEqual([]);
  });

  it('of some thousand entries: a change is named with its entry and file, missing and strange tiles too', async () => {
    const { dir, policy } = await exported('larger', 1_400);
    expect((await verifyExport(dir, policy)).faults).toEqual([]);
    await change(dir, 'tile/entries/002', 30);
    expect(await faultsOf(dir, policy)).toEqual([
      {
        file: 'tile/entries/002',
        entry: 512,
        message: 'entry 512 is not the one that was logged: it was changed',
      },
    ]);
    await change(dir, 'tile/0/003', 7 * 32 + 5);
    expect(await faultsOf(dir, policy)).toEqual([
      { file: 'tile/0/003', entry: 775, message: 'the hash of entry 775 was changed in the tile' },
    ]);
    await change(dir, 'tile/1/000.p/5', 4 * 32);
    expect(await faultsOf(dir, policy)).toEqual([
      { file: 'tile/1/000.p/5', entry: 1024, message: 'hash 4 is not that of the entries 1024 to 1279' },
    ]);
    await rm(join(dir, 'tile/0/004'));
    await writeFile(join(dir, 'tile/0/009'), 'x');
    const faults = await faultsOf(dir, policy);
    expect(faults.map(({ file, message }) => `${file} ${message}`)).toEqual([
      'tile/0/009 is no tile of a tree of that size',
      'tile/0/004 is missing',
    ]);
  });

  it('whose entries and tiles were changed together does not lead to the root that was signed', async () => {
    const { dir, policy } = await exported('rewritten', 1);
    const other = join(folder.path, 'other');
    const { cn, us } = pair;
    const keys = { log: cn.keys.log.verifier, witnesses: new Map([['us', us.keys.witness.verifier]]) };
    await cn.append(1);
    await cn.sequence();
    await writeExport(us.db.database, '2026', keys, other).catch(() => undefined);
    await cp(join(dir, 'checkpoint'), join(folder.path, 'kept'));
    await rewriteWhole(dir);
    const faults = await faultsOf(dir, policy);
    expect(faults).toEqual([
      { file: 'checkpoint', message: expect.stringMatching(/its root is not that of the \d+ entries/) },
    ]);
  });

  it('without the cosignature that the policy asks for is not trusted', async () => {
    const { dir, policy } = await exported('bare', 1);
    const note = await readFile(join(dir, 'checkpoint'), 'utf8');
    await writeFile(join(dir, 'checkpoint'), `${note.split('\n').slice(0, 5).join('\n')}\n`);
    expect(await faultsOf(dir, policy)).toEqual([
      { file: 'checkpoint', message: expect.stringMatching(/lacks cosignatures/) },
    ]);
  });

  it('is written into an empty folder only', async () => {
    await expect(
      writeExport(
        pair.cn.db.database,
        '2026',
        { log: pair.cn.keys.log.verifier, witnesses: new Map() },
        folder.path,
      ),
    ).rejects.toThrow(/not empty/);
    await expect(
      writeExport(
        pair.cn.db.database,
        '2031',
        { log: pair.cn.keys.log.verifier, witnesses: new Map() },
        join(folder.path, 'none'),
      ),
    ).rejects.toThrow(/there is no log 2031/);
  });
});

function entryAt(file: string, bytes: Buffer, at: number): number {
  if (file.startsWith('tile/0/')) return Math.floor(at / 32);
  let entry = 0;
  for (let start = 0; start < bytes.length; entry++) {
    start += 2 + bytes.readUInt16BE(start);
    if (at < start) break;
  }
  return entry;
}

/** Changes one bit, keeps what it was for faultsOf to put back. */
const before = new Map<string, Buffer>();
async function change(dir: string, file: string, at: number): Promise<void> {
  const bytes = await readFile(join(dir, file));
  before.set(join(dir, file), Buffer.from(bytes));
  bytes.writeUInt8(bytes.readUInt8(at) ^ 4, at);
  await writeFile(join(dir, file), bytes);
}

async function faultsOf(dir: string, policy: Buffer) {
  const { faults } = await verifyExport(dir, policy);
  for (const [file, bytes] of before) await writeFile(file, bytes);
  before.clear();
  return faults;
}

/** What one who holds the files and no key can do: change an entry and every hash above it. */
async function rewriteWhole(dir: string): Promise<void> {
  const { readBundle, leavesOf, writeBundle } = await import('../../../src/audit/tree/bundle.ts');
  const { EMPTY_TREE, growTree } = await import('../../../src/audit/tree/grow-tree.ts');
  const { tilePath, tilesOfLevel } = await import('../../../src/audit/tree/tile.ts');
  const size = Number((await readFile(join(dir, 'checkpoint'), 'utf8')).split('\n')[1]);
  const entries: Buffer[] = [];
  for (const tile of tilesOfLevel('entries', size))
    entries.push(...readBundle(await readFile(join(dir, tilePath(tile))), tile.width));
  entries[700] = Buffer.from(entries[700]?.toString().replace('2026', '2025') ?? '');
  for (const tile of tilesOfLevel('entries', size)) {
    await writeFile(
      join(dir, tilePath(tile)),
      writeBundle(entries.slice(tile.index * 256, tile.index * 256 + tile.width)),
    );
  }
  for (const tile of growTree(EMPTY_TREE, leavesOf(entries)).tiles)
    await writeFile(join(dir, tilePath(tile)), tile.hashes);
}
