import { pino } from 'pino';
import { runSequencer } from '../../src/audit/run-sequencer.ts';
import { numberFeed } from '../../src/feed/number-feed.ts';
import { PartnerKeyRing } from '../../src/keys/partner-key-ring.ts';
import { rotationHandlers } from '../../src/keys/rotation-handlers.ts';
import { keysOf } from '../audit/log/audited-side.ts';
import { recordOf } from '../support/messages.ts';
import { createPair, type Pair, type Side } from '../support/pair.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { checkInvariants } from './check-invariants.ts';
import { FaultyDatabase } from './faulty-database.ts';
import { digestOf, type Ledger } from './ledger.ts';
import { inspectedPair } from './pair-world.ts';

/** A pass brings a message over, the next one its receipt, the third one closes the log behind it. */
const PASSES_MAX = 6;
const log = pino({ level: 'silent' });
const auditKeys = keysOf('customs', 1);

/** One time that an act is played, with a subject of its own. */
export interface Round {
  number: number;
  subject: string;
  /** The message about the subject, once it is accepted. */
  id: string;
  /** What a consumer took, in order. */
  taken: string[];
}

/** A pair whose databases can be told to die, and what was accepted in it. */
export interface ActWorld extends AsyncDisposable {
  pair: Pair;
  faulty: Readonly<Record<'CN' | 'US', FaultyDatabase>>;
  folder: TemporaryFolder;
  /** Messages of which it is said elsewhere what is true of them, and their subjects: refused, or erased. */
  apart: Set<string>;
  /** Accepts a message about the round's subject. */
  accept(round: Round): Promise<void>;
  /** Everything that is under way comes to its end, as it does by the workers of both sides. */
  quiet(): Promise<void>;
  /** Rows, past the faults. */
  count(side: Side, from: string, ...values: unknown[]): Promise<number>;
  /** What checkInvariants() finds, but for what is set apart. */
  violations(): Promise<string[]>;
}

export async function createActWorld(): Promise<ActWorld> {
  const pair = await createPair();
  const folder = await createTemporaryFolder();
  const faulty = { CN: interpose(pair.cn), US: interpose(pair.us) };
  const ledger: Ledger = new Map();
  const apart = new Set<string>();
  const keyRings = [pair.cn, pair.us].map((side) => {
    side.handlers = rotationHandlers({ ...side, links: [side.link.id], trigger() {}, changed() {} });
    return new PartnerKeyRing(side.db.database, new Map([[side.link.id, side.link]]));
  });
  return {
    pair,
    faulty,
    folder,
    apart,
    async accept(round) {
      const data = { ...recordOf(round.subject), reason: `round ${round.number}` };
      const [outcome] = await pair.cn.submit({ type: 'enterprise-status', data });
      if (!outcome || !('accepted' in outcome)) throw new Error(JSON.stringify(outcome));
      const { id, subject, version } = outcome.accepted;
      round.id = id;
      ledger.set(id, { id, from: 'CN', subject, version, data: digestOf(data) });
    },
    async quiet() {
      for (let pass = 0; pass < PASSES_MAX && (await isBusy(pair)); pass++) {
        await Promise.all(keyRings.map((ring) => ring.refresh()));
        for (const side of [pair.cn, pair.us]) {
          await side.db.sql('update lane set owner = null, lease_until = null, next_attempt_at = null');
          const lanes = await side.db.sql<{ lane: string }>('select distinct lane from outbox');
          await pair.deliver(
            side,
            lanes.map(({ lane }) => lane),
          );
          await pair.receipt(side);
          await sequence(side);
        }
      }
    },
    async count(side, from, ...values) {
      const [row] = await side.db.sql<{ count: string }>(`select count(*) from ${from}`, values);
      return Number(row?.count);
    },
    async violations() {
      const findings = await checkInvariants(inspectedPair(pair), ledger);
      return findings
        .list()
        .filter(({ about }) => !apart.has(about.split(' ')[0] ?? ''))
        .map(({ violation, about, text }) => `${violation}: ${about} ${text}`);
    },
    async [Symbol.asyncDispose]() {
      await pair[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function isBusy(pair: Pair): Promise<boolean> {
  for (const { db } of [pair.cn, pair.us]) {
    const [row] = await db.sql<{ busy: boolean }>(
      `select exists (select from outbox) or exists (select from receipt_owed) or exists (select from feed_pending)
         or exists (select from audit_pending) as busy`,
    );
    if (row?.busy) return true;
  }
  return false;
}

function interpose({ db }: Side): FaultyDatabase {
  const database = new FaultyDatabase(db.database);
  db.database = database;
  return database;
}

async function sequence({ db }: Side): Promise<void> {
  await using sequencer = runSequencer({
    database: db.database,
    log,
    logKey: auditKeys.log,
    now: () => new Date(),
    numberFeed,
    onFeed() {},
  });
  await sequencer.settle();
}
