import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCheckpoint } from '../../../src/audit/notes/checkpoint.ts';
import { checkNote, readNote } from '../../../src/audit/notes/signed-note.ts';
import { keyOfLog } from '../../../src/audit/notes/verifier-key.ts';
import { readEntryBundle, readLatestHead, tileSource } from '../../../src/audit/read-tree.ts';
import { readBundle } from '../../../src/audit/tree/bundle.ts';
import { tilesOfLevel } from '../../../src/audit/tree/tile.ts';
import { GrownInMemory } from '../tree/grown-tree.ts';
import { type AuditedPair, createAuditedPair, sequencerOf } from './audited-side.ts';

let pair: AuditedPair;
beforeAll(async () => {
  pair = await createAuditedPair();
});
afterAll(() => pair[Symbol.asyncDispose]());

/** What the log of 2026 holds, entry by entry, and the tree that a second implementation makes of it. */
async function recomputed(log = '2026') {
  const rows = await pair.cn.db.sql<{ entry: string; index: string }>(
    'select entry, index from audit_entry where log = $1 order by index',
    [log],
  );
  expect(rows.map((row) => Number(row.index))).toEqual(rows.map((_, n) => n));
  const tree = new GrownInMemory();
  tree.append(rows.map((row) => Buffer.from(row.entry)));
  return { tree, entries: rows.map((row) => row.entry) };
}

describe('the sequencer', () => {
  it('grows the tree by what was committed, whatever the size, and signs its head', async () => {
    const { cn } = pair;
    for (const count of [1, 254, 1, 1, 300, 2]) {
      await cn.append(count);
      await cn.sequence();
      const head = await readLatestHead(cn.db.database);
      const { tree } = await recomputed();
      expect(head?.size).toBe(tree.edge.size);
      expect(head?.root).toEqual(tree.root);
      const { checkpoint, note } = readCheckpoint(Buffer.from(head?.checkpoint ?? ''));
      expect(checkpoint).toEqual({
        origin: 'customs.example/audit/2026',
        size: tree.edge.size,
        root: tree.root,
      });
      expect(checkNote(note, [keyOfLog(cn.keys.log.verifier, '2026')])).toHaveLength(1);
    }
    expect(await cn.size()).toBe(559);
  });

  it('keeps every tile as the tree has it, and the entries in bundles', async () => {
    const { database } = pair.cn.db;
    const { tree, entries } = await recomputed();
    for (const level of [0, 1]) {
      for (const tile of tilesOfLevel(level, 559)) {
        expect(await tileSource(database, '2026')([tile])).toEqual(await tree.source([tile]));
      }
    }
    const bundle = await readEntryBundle(database, '2026', 2, 47);
    expect(readBundle(bundle, 47).map(String)).toEqual(entries.slice(512));
    expect(await readEntryBundle(database, '2026', 2, 48)).toHaveLength(0);
  });

  it('leaves nothing pending, and no entry twice', async () => {
    const [row] = await pair.cn.db.sql(
      'select (select count(*)::int from audit_pending) as pending, count(distinct entry)::int as entries from audit_entry',
    );
    expect(row).toEqual({ pending: 0, entries: 559 });
  });

  it('two at once extend the tree once, and lose nothing', async () => {
    const { cn } = pair;
    await using first = sequencerOf(cn);
    await using second = sequencerOf(cn);
    for (let n = 0; n < 10; n++) {
      await cn.append(37);
      await Promise.all([first.settle(), second.settle()]);
    }
    await first.settle();
    const { tree } = await recomputed();
    expect([await cn.size(), (await readLatestHead(cn.db.database))?.root]).toEqual([559 + 370, tree.root]);
  });

  it('a tree that moved under it undoes the pass: entries stay pending', async () => {
    const { cn } = pair;
    const before = await readLatestHead(cn.db.database);
    await cn.append(3);
    const root = before?.root;
    const moving = cn.sequence({
      onStep: async (step) => {
        if (step === 'grown')
          await cn.db.sql(`update audit_tree set root = sha256('another') where log = '2026'`);
      },
    });
    await expect(moving).rejects.toThrow(/extended by another sequencer/);
    await cn.db.sql(`update audit_tree set root = $1 where log = '2026'`, [root]);
    expect(await cn.size()).toBe(before?.size);
    await cn.sequence();
    expect((await readLatestHead(cn.db.database))?.root).toEqual((await recomputed()).tree.root);
  });

  it('opens the log of the next year at its turn; the old one stays as it is', async () => {
    const { cn } = pair;
    const before = await readLatestHead(cn.db.database);
    cn.now = new Date('2027-01-01T00:00:00Z');
    await cn.append(5);
    await cn.sequence();
    const head = await readLatestHead(cn.db.database);
    expect([head?.log, head?.size]).toEqual(['2027', 5]);
    expect(head?.root).toEqual((await recomputed('2027')).tree.root);
    expect(readNote(Buffer.from(head?.checkpoint ?? '')).text).toMatch(/^customs\.example\/audit\/2027\n5\n/);
    expect((await recomputed()).entries).toHaveLength(before?.size ?? -1);
    // A clock that is set back does not reopen it.
    cn.now = new Date('2026-12-31T23:59:59Z');
    await cn.append(1);
    await cn.sequence();
    expect((await readLatestHead(cn.db.database))?.log).toBe('2027');
  });
});
