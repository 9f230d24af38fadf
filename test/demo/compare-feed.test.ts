import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareFeed, type FeedChange } from '../../src/demo/compare-feed.ts';
import { type ExpectedMessage, ExpectedMessages } from '../../src/demo/expected-messages.ts';

const sent: ExpectedMessage[] = Array.from({ length: 25 }, (_, i) => ({
  id: `id-${i}`,
  type: 'enterprise-status',
  subject: `CN44039${String(i).padStart(5, '0')}`,
  version: 1,
  data: { name: '深圳恒达电子有限公司', n: i, list: [1, { deep: i }] },
}));

const shown = (): FeedChange[] =>
  sent.map((message, i) => ({ ...structuredClone(message), cursor: String(i) }));

async function* feedOf(changes: readonly FeedChange[]): AsyncGenerator<FeedChange> {
  yield* changes;
}

describe('the comparison of what was sent with what the partner shows', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mra-expected-'));
  let expected: ExpectedMessages;
  beforeAll(() => {
    expected = new ExpectedMessages(join(folder, 'expected.ndjson'));
    expected.add(sent.slice(0, 10));
    expected.add(sent.slice(10));
  });
  afterAll(() => {
    expected[Symbol.dispose]();
    rmSync(folder, { recursive: true });
  });
  const compare = (changes: readonly FeedChange[]) => compareFeed(expected, feedOf(changes));

  it('finds nothing where everything is the same, in whatever order', async () => {
    expect(await compare(shown().reverse())).toEqual({
      compared: 25,
      missing: 0,
      different: 0,
      extra: 0,
      mismatches: 0,
      examples: [],
    });
  });

  it('counts one record altered and one deleted as two mismatches', async () => {
    const changes = shown().filter(({ id }) => id !== 'id-3');
    const [first] = changes;
    if (first) first.data = { ...(first.data as object), n: 1 };
    const found = await compare(changes);
    expect(found).toMatchObject({ missing: 1, different: 1, extra: 0, mismatches: 2 });
    expect(found.examples.join()).toContain('id-3');
  });

  it.each(['type', 'subject', 'version'] as const)('sees another %s', async (member) => {
    const changes = shown().map((change) =>
      change.id === 'id-4' ? { ...change, [member]: member === 'version' ? 2 : 'x' } : change,
    );
    expect(await compare(changes)).toMatchObject({ different: 1, mismatches: 1 });
  });

  it('sees a member that was added, a list in another order and a character that changed', async () => {
    const altered = [
      { ...(sent[0]?.data as object), more: null },
      { ...(sent[1]?.data as object), list: [{ deep: 1 }, 1] },
      { ...(sent[2]?.data as object), name: '深圳恒逹电子有限公司' },
    ];
    const changes = shown().map((change, i) => ({ ...change, data: altered[i] ?? change.data }));
    expect(await compare(changes)).toMatchObject({ different: 3, mismatches: 3 });
  });

  it('counts what nobody sent, and a record shown twice', async () => {
    const [first] = shown();
    if (!first) throw new Error('nothing was sent');
    expect(await compare([...shown(), { ...first, id: 'unknown' }, first])).toMatchObject({
      extra: 2,
      mismatches: 2,
    });
  });

  it('finds everything missing in an empty feed', async () => {
    expect(await compare([])).toMatchObject({ compared: 0, missing: 25, mismatches: 25 });
  });
});
