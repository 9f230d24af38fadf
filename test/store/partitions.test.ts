import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { partitionRange } from '../../src/store/open-store.ts';
import { ensurePartitions, lowestId, missingPartitions } from '../../src/store/partitions.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

const receipt = (at: string) =>
  db.sql(
    `insert into receipt values ($1, 'us-cbp', 'accepted', null, now(), gen_random_uuid(), now()) returning tableoid::regclass::text as t`,
    [uuidv7({ msecs: Date.parse(at) })],
  );

describe('partitions', () => {
  it('hold the ids of one UTC month each, to the millisecond', async () => {
    await ensurePartitions(db.database, { from: new Date('2031-01-15'), until: new Date('2031-02-01') });
    expect(await receipt('2031-01-01T00:00:00.000Z')).toEqual([{ t: 'receipt_2031_01' }]);
    expect(await receipt('2031-01-31T23:59:59.999Z')).toEqual([{ t: 'receipt_2031_01' }]);
    expect(await receipt('2031-02-01T00:00:00.000Z')).toEqual([{ t: 'receipt_2031_02' }]);
    await expect(receipt('2031-03-01T00:00:00.000Z')).rejects.toThrow('no partition');
  });

  it('are made for message, delivery, receipt and feed, with their keys', async () => {
    await ensurePartitions(db.database, { from: new Date('2032-05-05'), until: new Date('2032-05-05') });
    const rows = await db.sql<{ t: string; keys: number }>(
      `select c.relname as t, (select count(*)::int from pg_index i where i.indrelid = c.oid and i.indisprimary) as keys
       from pg_class c where c.relname like '%_2032_05' and c.relkind = 'r' order by 1`,
    );
    expect(rows).toEqual(
      ['delivery', 'feed', 'message', 'receipt'].map((t) => ({ t: `${t}_2032_05`, keys: 1 })),
    );
  });

  it('that are missing are named, two months ahead', async () => {
    const now = new Date('2033-11-24');
    await ensurePartitions(db.database, { from: now, until: new Date('2033-12-01') });
    expect(await missingPartitions(db.database, now)).toEqual([
      'message_2034_01',
      'delivery_2034_01',
      'receipt_2034_01',
      'feed_2034_01',
    ]);
    await ensurePartitions(db.database, partitionRange(1, now));
    expect(await missingPartitions(db.database, now)).toEqual([]);
  });

  it('are made once by processes that start at the same time', async () => {
    const range = { from: new Date('2033-01-01'), until: new Date('2033-12-31') };
    await Promise.all([1, 2, 3].map(() => ensurePartitions(db.database, range)));
    await ensurePartitions(db.database, range);
    expect(await db.sql(`select 1 from pg_class where relname like 'message_2033___' `)).toHaveLength(12);
  });

  it('are made without waiting for readers and writers', async () => {
    const range = { from: new Date('2034-01-01'), until: new Date('2034-01-01') };
    await db.database.transaction(async (tx) => {
      await tx.execute('select * from message limit 1');
      await tx.execute(
        `insert into delivery values ('${uuidv7()}', 'us-cbp', 'delivered', null, null, now())`,
      );
      await using other = openDatabase(db.connectionString, { statementTimeoutMs: 3_000 });
      await ensurePartitions(other, range);
    });
    expect(await db.sql(`select 1 from pg_class where relname = 'message_2034_01'`)).toHaveLength(1);
  });

  it('reach from a month before the retention to two months ahead', () => {
    expect(partitionRange(90, new Date('2026-03-31T10:00:00Z'))).toEqual({
      from: new Date('2025-11-01T10:00:00Z'),
      until: new Date('2026-05-01T00:00:00Z'),
    });
  });

  it('begin at the lowest id of a millisecond', () => {
    const at = new Date('2026-11-23T08:00:00.123Z');
    const ids = Array.from({ length: 100 }, () => uuidv7({ msecs: at.getTime() }));
    expect(ids.every((id) => id > lowestId(at) && id < lowestId(new Date(at.getTime() + 1)))).toBe(true);
  });
});
