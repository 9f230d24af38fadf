import type { Database, Transaction } from './database.ts';

/** The tables whose key is a message id. */
export const PARTITIONED = ['message', 'delivery', 'receipt', 'feed'] as const;

/**
 * A row of up to a page stays whole: of a message's 2 to 3 kB the JWS would otherwise go to a table beside, in chunks
 * of 2 kB with an index of their own. PostgreSQL's largest.
 */
const ROW_BYTES_INLINE = 8_160;

/** Rows are only added: a vacuum or new statistics for every few thousand would cost more than the rows. */
const PARTITION_OPTIONS = [
  `toast_tuple_target = ${ROW_BYTES_INLINE}`,
  'autovacuum_vacuum_insert_threshold = 100000',
  'autovacuum_analyze_threshold = 50000',
].join(', ');

const MONTHS_AHEAD = 2;

/** Two processes that make the same partitions do so one after the other. */
const PARTITION_LOCK = 0x6d72_6102;

/** One UTC month: where its partition ends, the next begins. */
interface Month {
  /** `2026_11` */
  name: string;
  from: Date;
  until: Date;
}

/**
 * Makes the monthly partitions of the message tables for the ids of `from` to `until`, both included. What
 * exists stays. Traffic goes on meanwhile: a table is made beside its parent and attached, which, unlike
 * `create table … partition of`, waits for no reader or writer.
 */
export async function ensurePartitions(
  database: Database,
  range: { from: Date; until: Date },
): Promise<void> {
  const months = monthsOf(range);
  const names = PARTITIONED.flatMap((table) => months.map((month) => `${table}_${month.name}`));
  const held = await database.query<{ name: string }>(attachedQuery(names));
  if (held.length === names.length) return;
  await database.transaction(async (tx) => {
    await tx.query({
      name: 'partition-lock',
      text: 'select pg_advisory_xact_lock($1)',
      values: [PARTITION_LOCK],
    });
    const attached = new Set((await tx.query<{ name: string }>(attachedQuery(names))).map((row) => row.name));
    for (const table of PARTITIONED) {
      for (const month of months) {
        if (!attached.has(`${table}_${month.name}`)) await attach(tx, table, month);
      }
    }
  });
}

/**
 * Partitions that are not there although they should be: of this month and the two that follow. Messages of a month
 * without them could not be stored.
 */
export async function missingPartitions(database: Pick<Database, 'query'>, now: Date): Promise<string[]> {
  const months = monthsOf({ from: now, until: monthsAhead(now) });
  const names = PARTITIONED.flatMap((table) => months.map((month) => `${table}_${month.name}`));
  const held = new Set((await database.query<{ name: string }>(attachedQuery(names))).map((row) => row.name));
  return names.filter((name) => !held.has(name));
}

/** The beginning of the last month that is made ahead: a renewal may fail for weeks before it matters. */
export function monthsAhead(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + MONTHS_AHEAD));
}

function attachedQuery(names: string[]) {
  return {
    name: 'partitions-attached',
    text: `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
           where c.relname = any($1) and c.relnamespace = current_schema()::regnamespace`,
    values: [names],
  };
}

async function attach(tx: Transaction, table: (typeof PARTITIONED)[number], month: Month): Promise<void> {
  const partition = `${table}_${month.name}`;
  await tx.execute(`create table ${partition} (like ${table} including all) with (${PARTITION_OPTIONS})`);
  if (table === 'message') {
    // No plan asks how these are spread, and they are kilobytes.
    await tx.execute(
      `alter table ${partition} alter column jws set statistics 0, alter column sha256 set statistics 0`,
    );
  }
  await tx.execute(
    `alter table ${table} attach partition ${partition}
     for values from ('${lowestId(month.from)}') to ('${lowestId(month.until)}')`,
  );
}

/** The lowest UUID of a millisecond: the 48 bits of its time (RFC 9562, section 5.7), then zeros. */
export function lowestId(at: Date): string {
  const hex = at.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

function monthsOf({ from, until }: { from: Date; until: Date }): Month[] {
  const months: Month[] = [];
  let start = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth()));
  while (start <= until) {
    const end = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1));
    months.push({ name: start.toISOString().slice(0, 7).replace('-', '_'), from: start, until: end });
    start = end;
  }
  return months;
}
