import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { readStoredSet } from '../../src/envelope/read-set.ts';
import type { LedgerDigest } from '../../src/generated/messages.ts';
import { answerClaim } from '../../src/ledger/answer-claims.ts';
import { compareLink } from '../../src/ledger/compare-link.ts';
import { digestTaker } from '../../src/ledger/take-digests.ts';
import { keepLog } from '../support/http.ts';
import { comparingParts, ledgerOf } from '../support/ledger.ts';
import { recordOf } from '../support/messages.ts';
import { createPair, type Pair, type Side } from '../support/pair.ts';

const HOUR_MS = 3_600_000;

beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterAll(() => {
  vi.useRealTimers();
});

/** When the hour of what was sent is closed. */
async function compareLater(side: Side, partner: Side) {
  vi.setSystemTime(Date.now() + 2 * HOUR_MS);
  await using connection = await ledgerOf(partner);
  const parts = await comparingParts(side);
  return await compareLink(parts, side.link, connection, { reason: 'hourly', all: false, open: false });
}

async function pairWithDigests(): Promise<Pair & { kept: ReturnType<typeof keepLog> }> {
  const pair = await createPair();
  const kept = keepLog();
  for (const side of [pair.cn, pair.us])
    side.handlers = { 'ledger-digest': digestTaker(side.issuer, kept.log) };
  return { ...pair, kept };
}

async function agreed(side: Side): Promise<Record<string, unknown>[]> {
  const rows = await side.db.sql<{ content: string }>('select content from audit_pending');
  return rows
    .map(({ content }): Record<string, unknown> => JSON.parse(content))
    .filter((content) => content.kind === 'ledger-agreed');
}

async function send(side: Side, ids: string[]): Promise<void> {
  await side.submit(...ids.map((id) => ({ type: 'enterprise-status', data: recordOf(id) })));
}

it('both sides sign that they hold the same messages of an hour, and audit it', async () => {
  await using pair = await pairWithDigests();
  const { cn, us } = pair;
  await send(cn, ['CN4403960A01', 'CN4403960A02']);
  await pair.deliver(cn);
  expect(await compareLater(cn, us)).toMatchObject({ outcome: 'equal', messages: 2 });
  await pair.deliver(cn, ['control']);
  expect(await answerClaim(await comparingParts(us), us.link)).toBe(true);
  expect(await answerClaim(await comparingParts(us), us.link)).toBe(false);
  await pair.deliver(us, ['control']);

  const theirs = await agreed(us);
  expect(theirs).toMatchObject([{ of: 'theirs', hours: 1, messages: 2, disputed: [] }]);
  expect(await agreed(cn)).toMatchObject([{ of: 'ours', hours: 1, messages: 2, disputed: [] }]);
  const confirmed = await cn.db.sql('select count::int from ledger_hour where confirmed_by is not null');
  expect(confirmed).toEqual([{ count: 2 }]);
  // Said once: the next comparison speaks of the hour of the digest, and not of the first one again.
  await compareLater(cn, us);
  const said = await cn.db.sql<{ jws: string }>(
    `select m.jws from outbox o join message m using (id) where o.lane = 'control'`,
  );
  const hours = said.flatMap(({ jws }) => (readStoredSet(jws).event.data as LedgerDigest).hours);
  expect(hours.map(({ count }) => count)).toEqual([1]);
});

it('a side that holds other messages says so, and it is an error in both logs', async () => {
  await using pair = await pairWithDigests();
  const { cn, us } = pair;
  await send(cn, ['CN4403960A01']);
  await pair.deliver(cn);
  await compareLater(cn, us);
  await us.db.sql(`delete from message where direction = 'in' and subject <> 'gateway'`);
  await pair.deliver(cn, ['control']);
  const parts = { ...(await comparingParts(us)), log: pair.kept.log };
  await answerClaim(parts, us.link);
  await pair.deliver(us, ['control']);
  expect((await agreed(us))[0]?.disputed).toHaveLength(1);
  expect((await agreed(cn))[0]?.disputed).toHaveLength(1);
  const errors = pair.kept.lines().filter((line) => line.level === 'error' || line.level === 50);
  expect(errors).toHaveLength(2);
});
