import { createHash } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSequencer } from '../../src/audit/run-sequencer.ts';
import { CONTROL_LANE } from '../../src/delivery/lane-of.ts';
import { findIdleLanes } from '../../src/delivery/reconcile-lanes.ts';
import { numberFeed } from '../../src/feed/number-feed.ts';
import { jsonAnswer, withIdempotency } from '../../src/http/idempotency.ts';
import { StoreError } from '../../src/store/errors.ts';
import type { Outcome } from '../../src/submission/submission.ts';
import { readSubmissions, submitMessages } from '../../src/submission/submit-messages.ts';
import { keysOf } from '../audit/log/audited-side.ts';
import { createPair, type Pair, type Side } from '../support/pair.ts';
import { checkInvariants } from './check-invariants.ts';
import { type CrashMode, FaultyDatabase } from './faulty-database.ts';
import type { Ledger } from './ledger.ts';
import { inspectedPair, remember } from './pair-world.ts';
import { type StoryMessage, storyMessage, subjectOf } from './story.ts';

const MODES: readonly CrashMode[] = ['failed and not persisted', 'failed but persisted'];
/** A crash costs one pass, a lost answer another, receipts a third. */
const PASSES_MAX = 8;
const SUBJECTS = 2;
const CALLER = '01a20922-7c00-7b3e-9d5a-0f3c2b1a4d5e';
const keys = keysOf('customs', 1);
const log = pino({ level: 'silent' });

let pair: Pair;
let faulty: Record<'CN' | 'US', FaultyDatabase>;
const ledger: Ledger = new Map();
let rounds = 0;

beforeAll(async () => {
  pair = await createPair();
  faulty = { CN: interpose(pair.cn), US: interpose(pair.us) };
});
afterAll(() => pair[Symbol.asyncDispose]());

function interpose({ db }: Side): FaultyDatabase {
  const database = new FaultyDatabase(db.database);
  db.database = database;
  return database;
}

/**
 * One way of new messages there and back, with a partner that fails once, ended only when both sides are quiet. A
 * side that crashes is started again, and goes on by what stands in its database alone.
 */
async function playRound(): Promise<void> {
  const round = rounds++;
  const sent = Array.from({ length: 2 * SUBJECTS }, (_, n) => {
    const subject = subjectOf('CN', round * SUBJECTS + (n % SUBJECTS));
    return storyMessage('CN', subject, Math.floor(n / SUBJECTS));
  });
  const back = [storyMessage('US', subjectOf('US', round), 0)];
  await untilAnswered(pair.cn, `cn-${round}`, sent);
  await untilAnswered(pair.us, `us-${round}`, back);
  pair.wire.post = async () => {
    pair.wire.post = (_to, _body, forward) => forward();
    return { status: 503, headers: {}, body: '', ms: 1 };
  };
  for (let pass = 0; pass < PASSES_MAX; pass++) {
    for (const side of [pair.cn, pair.us]) {
      await alive(() => deliver(side));
      await alive(() => pair.receipt(side));
      await alive(() => sequence(side));
    }
    if (await isQuiet()) return;
    await timePasses();
  }
  throw new Error('something is still under way');
}

/** A back end repeats its request until it is answered. */
async function untilAnswered(side: Side, key: string, messages: readonly StoryMessage[]): Promise<void> {
  const request = { caller: CALLER, key, requestHash: createHash('sha256').update(key).digest() };
  const parts = { ...side, links: new Map([[side.link.id, side.link]]) };
  for (;;) {
    const answer = await alive(() =>
      side.db.database.transaction((tx) =>
        withIdempotency(tx, request, async () => {
          const now = new Date();
          const read = readSubmissions(parts, messages, { name: 'test' }, now);
          return jsonAnswer(
            200,
            await submitMessages(tx, parts, read, { atomic: false, principal: 'test', now }),
          );
        }),
      ),
    );
    if (!answer) continue;
    remember(ledger, side.party, messages, JSON.parse(answer.body) as Outcome[]);
    return;
  }
}

/** What is to be sent, found as the reconciler finds it. */
async function deliver(side: Side): Promise<void> {
  const idle = await findIdleLanes(side.db.database);
  await pair.deliver(
    side,
    idle.map(({ lane }) => lane).filter((lane) => lane !== CONTROL_LANE),
  );
}

async function sequence({ db }: Side): Promise<void> {
  await using sequencer = runSequencer({
    database: db.database,
    log,
    logKey: keys.log,
    now: () => new Date(),
    numberFeed,
    onFeed() {},
  });
  await sequencer.settle();
}

/** @returns undefined where a side died meanwhile; it is up again then */
async function alive<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return undefined;
  } finally {
    for (const database of Object.values(faulty)) database.restart();
  }
}

/** Leases run out, and lanes that failed are due again. */
async function timePasses(): Promise<void> {
  for (const { db } of [pair.cn, pair.us]) {
    await db.sql('update lane set lease_until = null, owner = null, next_attempt_at = null');
  }
}

async function isQuiet(): Promise<boolean> {
  for (const { db } of [pair.cn, pair.us]) {
    const [row] = await db.sql<{ open: boolean }>(
      `select exists (select from outbox) or exists (select from receipt_owed) or exists (select from feed_pending)
           or exists (select from audit_pending) as open`,
    );
    if (row?.open) return false;
  }
  return true;
}

async function violationsNow(): Promise<string[]> {
  const findings = await checkInvariants(inspectedPair(pair), ledger);
  return findings.list().map(({ violation, about, text }) => `${violation}: ${about} ${text}`);
}

describe('a crash at any durable write, before or after it is on disk', () => {
  it('leaves every invariant whole once the side is up again', async () => {
    await playRound();
    expect(await violationsNow()).toEqual([]);
    const table = (['CN', 'US'] as const).flatMap((party) =>
      faulty[party].writes.flatMap((write) => MODES.map((mode) => ({ party, write, mode }))),
    );
    // Acceptance, an answer, a failure, a reception, receipts, leases, the sequencer: on each side of them.
    expect(table.length).toBeGreaterThan(24);
    for (const { party, write, mode } of table) {
      faulty[party].crashAt(write, mode);
      await playRound();
      const place = `${party}, ${write}: ${mode}`;
      expect({ place, armed: faulty[party].armed, found: await violationsNow() }).toEqual({
        place,
        armed: false,
        found: [],
      });
    }
    console.log(`fault table: ${table.length} crashes at ${table.length / MODES.length} durable writes`);
  }, 120_000);

  it('is noticed where a write is made twice', async () => {
    const [last] = [...ledger.values()].slice(-1);
    await pair.us.db.sql('insert into feed select number + 1000000, link, id, type from feed where id = $1', [
      [...ledger.values()].find(({ from }) => from === 'CN')?.id,
    ]);
    expect(last).toBeDefined();
    expect((await violationsNow()).map((text) => text.split(':')[0])).toEqual(['duplicated']);
  });
});
