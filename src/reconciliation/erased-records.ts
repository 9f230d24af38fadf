import { columnArray } from '../store/array-literal.ts';
import type { Transaction } from '../store/database.ts';

/** An enterprise that was erased on a side: what was said of it up to then is not compared. */
export interface ComparedErasure {
  id: string;
  at: Date;
}

/** As it is written in messages. */
export interface StatedErasure {
  id: string;
  at: string;
}

/** The schemas' limit for one message, which bounds what a digest may weigh. */
const ERASED_MAX = 1_000;

/** Erasures of one register that are known here: our own, and those that the partner has told of; the latest first. */
export function readErased(
  database: Pick<Transaction, 'query'>,
  { link, party }: { link: string; party: string },
): Promise<ComparedErasure[]> {
  return database.query<ComparedErasure>({
    name: 'reconciliation-erased',
    text: `select s.subject as id, max(e.at) as at
           from (select subject, at from erased_enterprise
                 union all
                 select subject, at from partner_erasure where link = $1) e
           join subject s on s.link = $1 and s.party = $2 and s.subject = e.subject and s.kind <> 'validation'
           group by s.subject order by 2 desc limit ${ERASED_MAX}`,
    values: [link, party],
  });
}

/** Keeps what the partner erased of our register, from the next digest on. */
export async function noteErasures(
  tx: Pick<Transaction, 'query'>,
  link: string,
  erased: readonly StatedErasure[],
): Promise<void> {
  if (erased.length === 0) return;
  const latest = [...latestOf(erased.map(erasureOf)).values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  await tx.query({
    name: 'reconciliation-note-erasures',
    text: `insert into partner_erasure as p (link, subject, at)
           select $1, u.* from unnest($2::text[], $3::timestamptz[]) as u
           on conflict (link, subject) do update set at = excluded.at where excluded.at > p.at`,
    values: [link, columnArray(latest.map(({ id }) => id)), columnArray(latest.map(({ at }) => at))],
  });
}

export function erasureOf({ id, at }: StatedErasure): ComparedErasure {
  return { id, at: new Date(at) };
}

/** For a message; no member where there is none. */
export function statedErasures(erased: readonly ComparedErasure[]): { erased?: StatedErasure[] } {
  return erased.length === 0 ? {} : { erased: erased.map(({ id, at }) => ({ id, at: at.toISOString() })) };
}

/** The latest erasure of each enterprise. */
export function latestOf(erased: readonly ComparedErasure[]): Map<string, ComparedErasure> {
  const latest = new Map<string, ComparedErasure>();
  for (const erasure of erased) {
    const known = latest.get(erasure.id);
    if (!known || known.at < erasure.at) latest.set(erasure.id, erasure);
  }
  return latest;
}
