import { setTimeout as delay } from 'node:timers/promises';
import type { DemoSide, DemoSides } from '../src/demo/demo-side.ts';
import { startEmbeddedServer } from '../src/store/embedded-server.ts';
import { onServer } from '../test/support/template.ts';

export interface ReconciliationFigures {
  records: number;
  /** From the operator's request to the end on both sides, both registers. */
  seconds: number;
  /** All bytes that the two exchange listeners were sent for it: signed messages and their receipts. */
  bytes: number;
  outcome: string;
  /** Differences planted, and records repaired according to the side that was altered. */
  planted: number;
  repaired: number;
  repairSeconds: number;
  repairOutcome: string;
  /** What a comparison after the repair shows. */
  afterwards: string;
}

interface Run {
  id: string;
  register: 'own' | 'partner';
  state: string;
  outcome: string;
  records: number;
  repaired?: number;
}

const ASK_EVERY_MS = 200;
const PATIENCE_MS = 1_200_000;

/**
 * Reconciles two full registers as an operator of the US side does: once where they are equal, once after differences
 * were planted in its copy behind the gateway's back, once more to see that they are gone.
 */
export async function measureReconciliation(
  sides: DemoSides,
  planted: number,
): Promise<ReconciliationFigures> {
  await using cn = await startEmbeddedServer(sides.CN.dataDir);
  await using us = await startEmbeddedServer(sides.US.dataDir);
  const stores = [cn.connectionString, us.connectionString];
  await endEarlier(sides.US);
  const since = new Date();
  const equal = await reconcile(sides.US);
  await delay(SETTLE_MS);
  const bytes = await bytesSince(stores, since);
  await plant(us.connectionString, planted);
  const repair = await reconcile(sides.US);
  const again = await reconcile(sides.US);
  return {
    records: equal.runs.reduce((sum, run) => sum + run.records, 0),
    seconds: equal.seconds,
    bytes,
    outcome: outcomesOf(equal.runs),
    planted,
    repaired: repair.runs.find((run) => run.register === 'partner')?.repaired ?? 0,
    repairSeconds: repair.seconds,
    repairOutcome: outcomesOf(repair.runs),
    afterwards: outcomesOf(again.runs),
  };
}

/** Receipts of what was exchanged last are on their way. */
const SETTLE_MS = 3_000;

const outcomesOf = (runs: readonly Run[]): string =>
  runs
    .map(({ register, outcome }) => `${register} ${outcome}`)
    .sort()
    .join(', ');

/** A store that was stopped in the middle of a repair goes on with it. */
async function endEarlier(side: DemoSide): Promise<void> {
  const { client, link, tokens } = side;
  const path = `/v1/ops/links/${link}/reconciliations?limit=10`;
  const { items } = await client.get<{ items: Run[] }>(path, tokens.operator);
  if (items.some(({ state }) => state !== 'ended')) await reconcile(side);
}

async function reconcile({ client, link, tokens }: DemoSide): Promise<{ runs: Run[]; seconds: number }> {
  const startedAt = performance.now();
  const begun = await client.post<{ reconciliations: Run[] }>(
    `/v1/ops/links/${link}/reconcile`,
    tokens.operator,
    {},
  );
  const ids = begun.reconciliations.map(({ id }) => id);
  for (;;) {
    await delay(ASK_EVERY_MS);
    const path = `/v1/ops/links/${link}/reconciliations?limit=10`;
    const { items } = await client.get<{ items: Run[] }>(path, tokens.operator);
    const runs = items.filter(({ id }) => ids.includes(id));
    const elapsed = performance.now() - startedAt;
    if (runs.every(({ state }) => state === 'ended'))
      return { runs, seconds: Math.round(elapsed / 100) / 10 };
    if (elapsed > PATIENCE_MS) throw new Error(`not reconciled: ${JSON.stringify(runs)}`);
  }
}

/** Each message is sent once by one side; the request around it adds some dozen bytes. */
async function bytesSince(stores: readonly string[], since: Date): Promise<number> {
  let bytes = 0;
  for (const store of stores) {
    const [row] = await onServer<{ bytes: number }>(
      store,
      `select coalesce(sum(length(jws) + 100), 0)::int as bytes from message
       where direction = 'out' and at >= $1`,
      [since],
    );
    bytes += row?.bytes ?? 0;
  }
  return bytes;
}

/**
 * As many of each kind, each of another enterprise: cells altered, rows that no message speaks of, enterprises of which
 * nothing is left, versions that are missing.
 */
async function plant(store: string, count: number): Promise<void> {
  const rows = await onServer<{ subject: string }>(
    store,
    `select subject from subject where party = 'CN' and kind = 'enterprise' and subject !~ '[Q-Z]'
     order by md5(subject) limit $1`,
    [count],
  );
  const kind = (n: number) => [rows.flatMap(({ subject }, at) => (at % 4 === n ? [subject] : []))];
  await onServer(
    store,
    `update subject set grade = 'altered', status = 'revoked' where party = 'CN' and subject = any ($1)`,
    kind(0),
  );
  const columns = await onServer<{ name: string }>(
    store,
    `select attname as name from pg_attribute
     where attrelid = 'subject'::regclass and attnum > 0 and not attisdropped and attname <> 'subject'`,
  );
  const list = columns.map(({ name }) => name).join(', ');
  await onServer(
    store,
    `insert into subject (subject, ${list})
     select 'CN' || translate(substr(subject, 3), '0123456789', 'ZYXWVUTSRQ'), ${list} from subject
     where party = 'CN' and subject = any ($1)`,
    kind(1),
  );
  await onServer(
    store,
    `with gone as (delete from subject where party = 'CN' and subject = any ($1))
     delete from subject_version where party = 'CN' and subject = any ($1)`,
    kind(2),
  );
  await onServer(
    store,
    `delete from subject_version v using subject s
     where v.party = 'CN' and v.subject = any ($1) and s.link = v.link and s.party = v.party and s.subject = v.subject
       and v.version = s.last_version`,
    kind(3),
  );
}
