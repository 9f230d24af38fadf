import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyTarget } from '../../src/store/copy-rows.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

interface Sample {
  t: string | null;
  u: string | null;
  b: boolean | null;
  i: number | null;
  l: number | null;
  x: Uint8Array | null;
  at: Date | null;
  day: string | null;
  j: string | null;
}

const SAMPLES = copyTarget<Sample, { batch: string }>('sample', (type) => ({
  batch: type.text((_, { batch }) => batch),
  t: type.text((s) => s.t),
  u: type.uuid((s) => s.u),
  b: type.bool((s) => s.b),
  i: type.integer((s) => s.i),
  l: type.bigint((s) => s.l),
  x: type.bytea((s) => s.x),
  at: type.instant((s) => s.at),
  day: type.date((s) => s.day),
  j: type.json((s) => s.j),
}));

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await db.sql(`create table sample (place bigint generated always as identity, batch text, t text, u uuid unique,
    b boolean, i integer, l bigint, x bytea, at timestamptz, day date, j json)`);
});
afterAll(() => db.close());

const nothing: Sample = {
  t: null,
  u: null,
  b: null,
  i: null,
  l: null,
  x: null,
  at: null,
  day: null,
  j: null,
};
const ID = '01a20efe-3dce-727c-8d3b-444eb4033884';

const copy = (rows: Sample[], batch = 'one') =>
  db.database.transaction((tx) => tx.copy(SAMPLES, rows, { batch }));
const read = () =>
  db.database.query({
    name: 'samples',
    text: 'select t, u, b, i, l, x, at, day, j from sample order by place',
    values: [],
  });

test('what is copied is read as it was: every type, its ends, nulls, long texts and other scripts', async () => {
  const rows: Sample[] = [
    {
      t: 'a "b" \\c\n\t{,}',
      u: ID,
      b: true,
      i: -1,
      l: Number.MAX_SAFE_INTEGER,
      x: Buffer.from([0, 255]),
      at: new Date('2026-11-23T08:00:00.123Z'),
      day: '2026-11-23',
      j: '{"b": 1,"a":"深圳"}',
    },
    { ...nothing, t: '', b: false, i: 2 ** 31 - 1, l: -1, x: Buffer.alloc(0), day: '1999-12-31' },
    { ...nothing, t: '高级认证企业', l: Number.MIN_SAFE_INTEGER, at: new Date('1969-12-31T23:59:59.999Z') },
    { ...nothing, t: '深'.repeat(100_000), l: 2 ** 32, day: '0001-01-01' },
    nothing,
  ];
  await copy(rows);
  expect(await read()).toEqual(rows.map((row) => ({ ...row, u: row.u ?? null })));
  await db.sql('truncate sample');
});

test('a key that is taken fails the transaction by name, and a wrong value before it is sent', async () => {
  await copy([{ ...nothing, u: ID }]);
  await expect(copy([nothing, { ...nothing, u: ID }], 'two')).rejects.toMatchObject({
    code: 'constraint',
    constraint: 'sample_u_key',
  });
  await expect(copy([{ ...nothing, u: 'not one' }], 'three')).rejects.toThrow('takes a UUID');
  await copy([], 'four');
  // The connection is fit for use, and only the first is there.
  expect(await db.sql('select batch from sample')).toEqual([{ batch: 'one' }]);
});
