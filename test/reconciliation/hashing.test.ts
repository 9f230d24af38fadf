import canonicalize from 'canonicalize';
import { describe, expect, it } from 'vitest';
import { generateEnterprise } from '../../src/demo/generate-enterprises.ts';
import { bucketOf, DigestBuilder, differingBuckets, rootOf } from '../../src/reconciliation/buckets.ts';
import { canonicalJson } from '../../src/reconciliation/canonical-json.ts';
import { type RegisterRow, rowHash } from '../../src/reconciliation/record-hash.ts';
import { RowHasher } from '../../src/reconciliation/row-hasher.ts';

const records = Array.from({ length: 300 }, (_, n) => generateEnterprise('CN', 7, n).latest);
const rows = records.map(
  (latest, n): RegisterRow => ({
    subject: latest.enterprise.id,
    details: JSON.stringify(latest),
    detailsVersion: 1,
    standingVersion: n % 3 === 0 ? null : 2,
    effective: '2026-04-01',
    regime: 'GACC-282',
    grade: 'certified',
    status: 'certified',
    versions: n % 5 === 0 ? null : '[{"version":1}]',
  }),
);

describe('hashes of a register', () => {
  it('are over the canonical text of RFC 8785, whatever the order of members and the characters', () => {
    const odd = {
      'é"': 1e21,
      b: ['\u0000\u007f\ud83d\ude00', '€', null, true, -0],
      a: { z: [], 'a"b': {}, a: 0.1 },
    };
    for (const value of [odd, 'x', null, 4, ...records])
      expect(canonicalJson(value)).toBe(canonicalize(value));
    expect(canonicalJson({ b: 1, a: 2 })).toBe(canonicalJson({ a: 2, b: 1 }));
  });

  it('are the same from the thread as without it', async () => {
    await using hasher = new RowHasher();
    expect(await hasher.hash(rows)).toEqual(rows.map(rowHash));
    expect(await hasher.hash(rows.slice(0, 3))).toEqual(rows.slice(0, 3).map(rowHash));
  });

  it('differ in the bucket of a record that differs, and in no other', () => {
    const digest = (altered?: number) => {
      const builder = new DigestBuilder();
      for (const [n, row] of rows.toSorted((a, b) => (a.subject < b.subject ? -1 : 1)).entries()) {
        builder.add(
          row.subject,
          rowHash(n === altered ? { ...row, grade: 'other', standingVersion: 2 } : row),
        );
      }
      return builder.digest();
    };
    const [before, after] = [digest(), digest(17)];
    const { subject } = rows.toSorted((a, b) => (a.subject < b.subject ? -1 : 1))[17] ?? { subject: '' };
    expect(differingBuckets(before.buckets, after.buckets)).toEqual([bucketOf(subject)]);
    expect(rootOf(before.buckets)).toEqual(before.root);
    expect(before.root).not.toEqual(after.root);
  });
});
