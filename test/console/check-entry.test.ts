import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { saltedEntry } from '../../src/audit/append-entries.ts';
import { writeProof } from '../../src/audit/notes/proof-file.ts';
import { openingOf } from '../../src/audit/prove-entry.ts';
import { leafHash, nodeHash } from '../../src/audit/tree/hash.ts';
import { checkEntry } from '../../src/console/page/audit/check-entry.ts';

const entries = Array.from({ length: 7 }, (_, n) =>
  saltedEntry(
    { kind: 'message-accepted', n },
    randomBytes(32),
    new Date(1_795_508_460_000 + n).toISOString(),
  ),
);
const leaves = entries.map(({ entry }) => leafHash(Buffer.from(entry)));

/** RFC 9162, 2.1.1: the root of a list of leaves. */
function rootOf(hashes: readonly Buffer[]): Buffer {
  const [only] = hashes;
  if (hashes.length === 1 && only) return only;
  const left = 2 ** (Math.ceil(Math.log2(hashes.length)) - 1);
  return nodeHash(rootOf(hashes.slice(0, left)), rootOf(hashes.slice(left)));
}

/** RFC 9162, 2.1.3.1: the hashes that lead from a leaf to the root. */
function pathOf(index: number, hashes: readonly Buffer[]): Buffer[] {
  if (hashes.length === 1) return [];
  const left = 2 ** (Math.ceil(Math.log2(hashes.length)) - 1);
  return index < left
    ? [...pathOf(index, hashes.slice(0, left)), rootOf(hashes.slice(left))]
    : [...pathOf(index - left, hashes.slice(left)), rootOf(hashes.slice(0, left))];
}

const note = `mra.customs.example/2026\n${leaves.length}\n${rootOf(leaves).toString('base64')}\n\n\u2014 mra.customs.example/2026 AAAA\n\u2014 mra.cbp.example/witness BBBB\n`;

function proofOf(index: number, change: (opening: string) => string = (text) => text): string {
  const entry = entries[index];
  if (!entry) throw new Error(`there is no entry ${index}`);
  const opening = change(String(openingOf({ ...entry, gone: null })));
  return writeProof(Buffer.from(opening), index, pathOf(index, leaves), note);
}

describe('an entry checked in the browser', () => {
  it.each([0, 1, 2, 3, 4, 5, 6])(
    'number %i of 7 is found in the tree, and opened by its content',
    async (n) => {
      expect(await checkEntry(proofOf(n))).toEqual({
        included: true,
        opened: true,
        size: 7,
        signers: ['mra.customs.example/2026', 'mra.cbp.example/witness'],
      });
    },
  );

  it('is not believed with another content, another place, or another entry', async () => {
    const content = proofOf(3, (text) => text.replace('\\"n\\":3', '\\"n\\":4'));
    expect(await checkEntry(content)).toMatchObject({ included: true, opened: false });
    const place = proofOf(3).replace('index 3', 'index 2');
    expect(await checkEntry(place)).toMatchObject({ included: false });
    const entry = proofOf(3, (text) => text.replace('2026-', '2027-'));
    expect(await checkEntry(entry)).toMatchObject({ included: false });
  });

  it('whose content was erased is still in the tree', async () => {
    const erased = proofOf(5, (text) => JSON.stringify({ entry: JSON.parse(text).entry }));
    expect(await checkEntry(erased)).toMatchObject({ included: true, opened: null });
  });
});
