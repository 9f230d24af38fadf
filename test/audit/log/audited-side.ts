import { Buffer } from 'node:buffer';
import { pino } from 'pino';
import { appendEntries } from '../../../src/audit/append-entries.ts';
import { addAuditExchangeRoutes } from '../../../src/audit/exchange-routes.ts';
import type { SequencerStep } from '../../../src/audit/extend-log.ts';
import { signingKey } from '../../../src/audit/notes/signing-key.ts';
import type { OwnAuditKeys } from '../../../src/audit/own-audit-keys.ts';
import type { PartnerLog } from '../../../src/audit/partner-log.ts';
import type { Witness } from '../../../src/audit/publish-checkpoint.ts';
import { mirrorAll } from '../../../src/audit/run-mirror.ts';
import { compareLogs, type PublisherParts, publishAll } from '../../../src/audit/run-publisher.ts';
import { runSequencer, type Sequencer } from '../../../src/audit/run-sequencer.ts';
import { numberFeed } from '../../../src/feed/number-feed.ts';
import type { Database } from '../../../src/store/database.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

const log = pino({ level: 'silent' });

export const keysOf = (name: string, seed: number): OwnAuditKeys => ({
  log: signingKey('log', `${name}.example/audit`, Buffer.alloc(32, seed)),
  witness: signingKey('witness', `${name}.example/witness`, Buffer.alloc(32, seed + 100)),
});

/** One side's log with its listener for the partner, without the rest of a gateway. */
export interface AuditedSide extends AsyncDisposable {
  db: TestDatabase;
  keys: OwnAuditKeys;
  server: TestServer;
  /** The clock of this side; a year can be turned. */
  now: Date;
  /** Appends entries about nothing in particular, in one transaction. */
  append(count: number, content?: object): Promise<void>;
  /** A sequencer that has not begun by itself: settle() runs its passes. */
  sequence(options?: {
    onStep?: (step: SequencerStep) => Promise<void> | void;
    compare?: boolean;
  }): Promise<void>;
  publishing(): PublisherParts;
  /** Asks the partner's witness for every checkpoint that it has not cosigned. */
  publish(): Promise<void>;
  compare(): Promise<boolean>;
  mirror(): Promise<void>;
  state(): Promise<string | undefined>;
  size(): Promise<number>;
}

export interface AuditedPair extends AsyncDisposable {
  cn: AuditedSide;
  us: AuditedSide;
}

export async function createAuditedPair(): Promise<AuditedPair> {
  const keys = { cn: keysOf('customs', 1), us: keysOf('cbp', 2) };
  const cn = await createAuditedSide('us-cbp', keys.cn, keys.us, () => us.server.url);
  const us: AuditedSide = await createAuditedSide('cn-gacc', keys.us, keys.cn, () => cn.server.url);
  return {
    cn,
    us,
    async [Symbol.asyncDispose]() {
      await cn[Symbol.asyncDispose]();
      await us[Symbol.asyncDispose]();
    },
  };
}

export function partnerAt(url: () => string): PartnerLog {
  const answerOf = async (response: Response) => ({
    status: response.status,
    contentType: response.headers.get('content-type') ?? '',
    body: Buffer.from(await response.arrayBuffer()),
  });
  return {
    addCheckpoint: async (body) =>
      answerOf(
        await fetch(`${url()}/add-checkpoint`, {
          method: 'POST',
          body,
          headers: { 'content-type': 'text/plain' },
        }),
      ),
    read: async (path) => answerOf(await fetch(`${url()}${path}`)),
  };
}

export async function createAuditedSide(
  link: string,
  keys: OwnAuditKeys,
  partner: OwnAuditKeys,
  partnerUrl: () => string,
): Promise<AuditedSide> {
  const db = await createTestDatabase();
  const witness: Witness = { link, key: partner.witness.verifier, partner: partnerAt(partnerUrl) };
  const server = await startTestServer('exchange', (app) =>
    addAuditExchangeRoutes(app, {
      // Asked anew each time: a test may put a restored store in its place.
      database: Object.assign(Object.create(db.database) as Database, {
        query: ((query) => side.db.database.query(query)) as Database['query'],
        transaction: ((work) => side.db.database.transaction(work)) as Database['transaction'],
      }),
      witnessKey: keys.witness,
      logKeys: new Map([[link, partner.log.verifier]]),
      now: () => side.now,
    }),
  );
  const side: AuditedSide = {
    db,
    keys,
    server,
    now: new Date('2026-11-24T08:00:00Z'),
    append: (count, content = {}) => appendSome(side.db.database, count, content, side.now),
    async sequence({ onStep, compare = false } = {}) {
      await using sequencer = sequencerOf(side, {
        ...(onStep && { onStep }),
        ...(compare && { compare: side.compare }),
      });
      await sequencer.settle();
    },
    publishing: () => ({
      database: side.db.database,
      log,
      logKey: keys.log,
      witnesses: [witness],
      now: () => side.now,
      onDiverged() {},
    }),
    publish: () => publishAll(side.publishing()),
    compare: () => compareLogs(side.publishing()),
    mirror: () => mirrorAll({ database: side.db.database, log, partners: [witness] }),
    async state() {
      return (await side.db.sql<{ state: string }>('select state from audit_witness'))[0]?.state;
    },
    async size() {
      const [row] = await side.db.sql<{ size: string }>(
        'select size from audit_tree order by number desc limit 1',
      );
      return Number(row?.size ?? 0);
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await side.db.close();
    },
  };
  return side;
}

export function sequencerOf(
  side: Pick<AuditedSide, 'db' | 'keys' | 'now'>,
  options: { onStep?: (step: SequencerStep) => Promise<void> | void; compare?: () => Promise<boolean> } = {},
): Sequencer {
  return runSequencer({
    database: side.db.database,
    log,
    logKey: side.keys.log,
    now: () => side.now,
    numberFeed,
    onFeed() {},
    ...options,
  });
}

export async function appendSome(
  database: Database,
  count: number,
  content: object,
  now: Date,
): Promise<void> {
  const contents = Array.from({ length: count }, (_, n) => ({ kind: 'tested', n, ...content }));
  await database.transaction((tx) => appendEntries(tx, contents, now));
}
