import { v7 as uuidv7 } from 'uuid';
import { appendEntries } from '../audit/append-entries.ts';
import { CONTROL_LANE } from '../delivery/lane-of.ts';
import type { Link } from '../links/link.ts';
import { byteaArray } from '../store/array-literal.ts';
import type { Database, Transaction } from '../store/database.ts';
import { announceAgreement } from './announce-agreement.ts';
import type { ComparingParts, Comparison } from './compare-link.ts';
import type { Compared } from './find-differences.ts';
import { openIntake } from './intake.ts';
import { EMPTY_HASH, type StepDigest } from './read-digests.ts';
import { COMPARE_INTERVAL_MS } from './schedule.ts';

/** Closed hours of a link in which both sides were found to hold the same, as milliseconds since 1970. */
export async function readAgreedHours(
  database: Pick<Database, 'query'>,
  link: string,
  since: number,
): Promise<Set<number>> {
  const rows = await database.query<{ hour: Date }>({
    name: 'ledger-agreed-hours',
    text: 'select hour from ledger_hour where link = $1 and hour >= $2',
    values: [link, new Date(since)],
  });
  return new Set(rows.map(({ hour }) => hour.getTime()));
}

/**
 * Keeps the result of a comparison with its audit entry, in one transaction: the hours found equal, which are said to
 * the partner, when it was, and, where nothing of ours is unknown, that the link's intake is open.
 */
export async function keepComparison(
  parts: Pick<ComparingParts, 'database' | 'issuer' | 'keyRing' | 'trigger'>,
  link: Link,
  comparison: Comparison,
  { hours, compared, all }: { hours: readonly number[]; compared: Compared; all: boolean },
): Promise<void> {
  const { database } = parts;
  const differing = new Set(compared.differing);
  const equal = hours.filter((hour) => !differing.has(hour));
  const announced = await database.transaction(async (tx) => {
    const fresh = await keepAgreed(tx, link.id, equal, compared.equal, comparison.endedAt);
    const settled = comparison.unknown === 0 && comparison.conflicting.length === 0;
    const toAnnounce = compared.equal.filter(({ start }) => fresh.has(start));
    const messages = settled ? await announceAgreement(tx, parts, link, toAnnounce, new Date()) : 0;
    await keepRun(tx, comparison);
    await tx.query({
      name: 'ledger-keep-compared',
      text: `update link_state set compared_at = $2,
               compared_all_at = case when $3 then $2 else compared_all_at end,
               compare_all = compare_all and not $3,
               compare_at = clock_timestamp() + case when compare_all and not $3 then 0 else $4 end * interval '1 ms'
             where link = $1`,
      values: [link.id, comparison.endedAt, all, COMPARE_INTERVAL_MS],
    });
    const opened = all && comparison.unknown === 0 ? await openIntake(tx, link.id) : false;
    const { startedAt: _startedAt, endedAt: _endedAt, since, until, ...figures } = comparison;
    const entry = {
      ...figures,
      kind: 'ledger-compared',
      since: since.toISOString(),
      until: until.toISOString(),
      newHours: fresh.size,
      intakeOpened: opened,
    };
    await appendEntries(tx, [entry], comparison.endedAt);
    return messages;
  });
  if (announced > 0) parts.trigger([{ link: link.id, lane: CONTROL_LANE }]);
}

async function keepAgreed(
  tx: Transaction,
  link: string,
  hours: readonly number[],
  digests: readonly StepDigest[],
  at: Date,
): Promise<Set<number>> {
  if (hours.length === 0) return new Set();
  const byHour = new Map(digests.map((digest) => [digest.start, digest]));
  const rows = await tx.query<{ hour: Date }>({
    name: 'ledger-keep-agreed',
    text: `insert into ledger_hour as h (link, hour, count, hash, agreed_at)
           select $1, u.hour, u.count, u.hash, $5
           from unnest($2::timestamptz[], $3::bigint[], $4::bytea[]) as u(hour, count, hash)
           on conflict (link, hour) do update set
             count = excluded.count, hash = excluded.hash, agreed_at = excluded.agreed_at, confirmed_by = null
             where h.hash <> excluded.hash
           returning hour`,
    values: [
      link,
      hours.map((hour) => new Date(hour)),
      hours.map((hour) => byHour.get(hour)?.count ?? 0),
      byteaArray(hours.map((hour) => byHour.get(hour)?.hash ?? EMPTY_HASH)),
      at,
    ],
  });
  return new Set(rows.map(({ hour }) => hour.getTime()));
}

async function keepRun(tx: Transaction, comparison: Comparison): Promise<void> {
  const { link, reason, startedAt, endedAt, since, until, outcome, ...findings } = comparison;
  await tx.query({
    name: 'ledger-keep-run',
    text: `insert into ledger_comparison (id, link, reason, started_at, ended_at, since, until, outcome, findings)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    values: [uuidv7(), link, reason, startedAt, endedAt, since, until, outcome, JSON.stringify(findings)],
  });
}
