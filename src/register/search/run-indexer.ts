import { cpus } from 'node:os';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { BaseLogger } from 'pino';
import type { EnterpriseStatus } from '../../contract/messages.ts';
import type { Party } from '../../contract/party.ts';
import type { Database, Transaction } from '../../store/database.ts';
import type { SubjectKey } from '../subject-key.ts';
import { searchDocument } from './search-document.ts';
import { writeDocuments } from './write-documents.ts';

/** Bounds one transaction, which keeps the next version of these subjects waiting for some 50 ms. */
const SUBJECTS_PER_PASS = 500;
/** How soon a small queue is seen. */
const IDLE_MS = 300;
/** While there is much to do the indexer takes this part of its time, else half: the exchange comes first. */
const BUSY_SHARE = 0.05;
const IDLE_SHARE = 0.5;
/** Part of the time that the event loop is at work from which on the process counts as busy. */
const BUSY_FROM = 0.4;
/** Part of the machine's core time that is idle below which the rest of it, the database maybe, needs it more. */
const IDLE_CORES_MIN = 0.25;

interface IndexerParts {
  database: Database;
  log: Pick<BaseLogger, 'warn'>;
  /** What else is written late of subjects, in the transaction that writes their documents. */
  alsoWrite?: LateWriter;
}

export type LateWriter = (tx: Transaction, subjects: readonly SubjectKey[]) => Promise<void>;

export interface Indexer extends AsyncDisposable {
  /** Runs until nothing is queued, without pauses; for tests, commands and an orderly load. */
  settle(): Promise<void>;
}

/**
 * Follows up on what was queued for the search. A pass is one transaction: take queued subjects (skipping those that
 * another process took) → lock them and read their cells → write their documents. A crash before the commit leaves
 * them queued. Any number may run.
 */
export function runIndexer({ database, log, alsoWrite }: IndexerParts): Indexer {
  const stop = new AbortController();
  const loop = async (): Promise<void> => {
    const isBusy = watchLoad();
    while (!stop.signal.aborted) {
      const startedAt = performance.now();
      const indexed = await indexQueued(database, alsoWrite).catch((error: unknown) => {
        log.warn({ err: error }, 'search: a pass failed, the next one in a moment');
        return 0;
      });
      const tookMs = performance.now() - startedAt;
      const share = isBusy() ? BUSY_SHARE : IDLE_SHARE;
      const pauseMs = indexed === 0 ? IDLE_MS : tookMs * (1 / share - 1);
      await delay(pauseMs, undefined, { signal: stop.signal, ref: false }).catch(() => undefined);
    }
  };
  const running = loop();
  return {
    async settle() {
      while ((await indexQueued(database, alsoWrite)) > 0);
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

/** @returns whether this process or its machine had much to do since it was asked last */
function watchLoad(): () => boolean {
  let loop = performance.eventLoopUtilization();
  let cores = coreTimes();
  return () => {
    const { utilization } = performance.eventLoopUtilization(loop);
    const now = coreTimes();
    const passed = now.total - cores.total;
    const idle = passed > 0 ? (now.idle - cores.idle) / passed : 1;
    loop = performance.eventLoopUtilization();
    cores = now;
    return utilization >= BUSY_FROM || idle < IDLE_CORES_MIN;
  };
}

/** Of all cores since the machine started, ms. */
function coreTimes(): { idle: number; total: number } {
  const sum = (times: readonly number[]): number => times.reduce((total, time) => total + time, 0);
  const cores = cpus().map(({ times }) => times);
  return {
    idle: sum(cores.map(({ idle }) => idle)),
    total: sum(cores.flatMap((times) => Object.values(times))),
  };
}

/** One pass. @returns how many subjects were taken from the queue */
export function indexQueued(database: Database, alsoWrite?: LateWriter): Promise<number> {
  return database.transaction((tx) => indexSome(tx, alsoWrite), { retries: 3 });
}

interface Row {
  link: string;
  party: Party;
  subject: string;
  details: string | null;
  regime: string | null;
  grade: string | null;
  status: string | null;
}

async function indexSome(tx: Transaction, alsoWrite: LateWriter | undefined): Promise<number> {
  const taken = await tx.query<{ link: string; party: string; subject: string }>({
    name: 'search-take-queued',
    text: `delete from search_pending
           where ctid = any (array(select ctid from search_pending limit $1 for update skip locked))
           returning link, party, subject`,
    values: [SUBJECTS_PER_PASS],
  });
  if (taken.length === 0) return 0;
  // Locked, so that no document is written from cells that have changed since; in the order of lockSubjects.
  const rows = await tx.query<Row>({
    name: 'search-read-cells',
    text: `select s.link, s.party, s.subject, s.details, s.regime, s.grade, s.status
           from (select distinct * from unnest($1::text[], $2::text[], $3::text[]) as u(link, party, subject)) u
           join subject s on s.link = u.link and s.party = u.party and s.subject = u.subject
           where s.kind = 'enterprise'
           order by s.link, s.party, s.subject
           for share of s`,
    values: [taken.map((t) => t.link), taken.map((t) => t.party), taken.map((t) => t.subject)],
  });
  await writeDocuments(tx, rows.map(documentOf));
  await alsoWrite?.(tx, rows);
  return taken.length;
}

function documentOf({ details, regime, grade, status, ...key }: Row) {
  const standing = regime && status ? { regime, grade, status } : null;
  const data = details === null ? null : (JSON.parse(details) as EnterpriseStatus);
  return searchDocument(key, data && { data }, standing);
}
