import type { Database } from '../store/database.ts';
import { PARTITIONED } from '../store/partitions.ts';

/** One month of messages with everything that is keyed by their ids. */
export interface OldMonth {
  /** `2024_11` */
  month: string;
  /** Bytes on disk. */
  bytes: number;
  /** Something of it still waits: for a partner, a receipt, or a place in the feed. It stays. */
  inUse: boolean;
}

/** Months that end before an instant, oldest first. */
export async function oldMonths(database: Pick<Database, 'query'>, before: Date): Promise<OldMonth[]> {
  const rows = await database.query<{ month: string; bytes: number; inUse: boolean }>({
    name: 'retention-old-months',
    text: `with months as (
             select right(c.relname, 7) as month, sum(pg_total_relation_size(c.oid))::bigint as bytes
             from pg_inherits i join pg_class c on c.oid = i.inhrelid
             where i.inhparent = any ($1::regclass[])
             group by 1
           )
           select month, bytes, exists (
             select from (
               select id from outbox union all select id from receipt_owed union all select id from feed_pending) w
             where to_char(to_timestamp(('x' || left(replace(w.id::text, '-', ''), 12))::bit(48)::bigint / 1000.0)
                           at time zone 'UTC', 'YYYY_MM') = month) as "inUse"
           from months
           where to_date(month, 'YYYY_MM') + interval '1 month' <= $2::timestamptz at time zone 'UTC'
           order by month`,
    values: [PARTITIONED, before],
  });
  return rows;
}

/**
 * Removes the partitions of a month, in one transaction. It waits at most two seconds for those who use the tables,
 * because everybody who comes later would wait behind it; the next run tries again.
 */
export async function giveUpMonth(database: Database, { month }: Pick<OldMonth, 'month'>): Promise<void> {
  if (!/^\d{4}_\d{2}$/.test(month)) throw new Error(`${month} is no month`);
  await database.transaction(async (tx) => {
    await tx.execute(`set local lock_timeout = '2s'`);
    for (const table of PARTITIONED) {
      await tx.execute(`alter table ${table} detach partition ${table}_${month}`);
      await tx.execute(`drop table ${table}_${month}`);
    }
  });
}
