import type { Issue } from '../contract/issue.ts';
import type { VerifiedSet } from '../envelope/verify-set.ts';
import type { Database, Transaction } from '../store/database.ts';

/** A SET is at most this long, so a quarantined one is too. */
export const QUARANTINE_BYTES_MAX = 524_288;
/** Bytes kept per link; beyond it only the errors and the hash are. */
export const QUARANTINE_LINK_BYTES_MAX = 1_073_741_824;

export interface Refused {
  set: VerifiedSet;
  errors: readonly Issue[];
}

/** Keeps what the partner signed and we refused: one row per bytes, searchable, with all its errors. */
export async function quarantine(
  tx: Transaction,
  link: string,
  refused: readonly Refused[],
  now: Date,
): Promise<void> {
  if (refused.length === 0) return;
  await tx.query({
    name: 'reception-quarantine',
    text: `insert into quarantine (link, sha256, message_id, type, subject, bytes, errors, first_at, last_at)
           select $1, u.sha256, u.id, u.type, u.subject,
                  case when (select coalesce(sum(length(bytes)), 0) from quarantine where link = $1) < $8
                       then convert_to(u.jws, 'UTF8') end,
                  u.errors, $7, $7
           from unnest($2::bytea[], $3::uuid[], $4::text[], $5::text[], $6::text[], $9::json[])
             as u(sha256, id, type, subject, jws, errors)
           on conflict (link, sha256) do update set count = quarantine.count + 1, last_at = excluded.last_at`,
    values: [
      link,
      refused.map((r) => r.set.sha256),
      refused.map((r) => r.set.jti),
      refused.map((r) => r.set.event.type),
      refused.map((r) => r.set.subject),
      refused.map((r) => r.set.jws),
      now,
      QUARANTINE_LINK_BYTES_MAX,
      refused.map((r) => JSON.stringify(r.errors)),
    ],
  });
}

/** Counts a repeat of bytes that were refused before. */
export async function countRepeats(
  tx: Transaction,
  link: string,
  hashes: readonly Buffer[],
  now: Date,
): Promise<void> {
  if (hashes.length === 0) return;
  await tx.query({
    name: 'reception-quarantine-repeat',
    text: 'update quarantine set count = count + 1, last_at = $3 where link = $1 and sha256 = any ($2::bytea[])',
    values: [link, hashes, now],
  });
}

export interface QuarantineFilter {
  link?: string;
  /** Matches message id or subject exactly, or any part of the errors. */
  q?: string;
  limit: number;
  /** `first_at` and hash of the last row of the page before. */
  after?: { at: Date; sha256: Buffer };
}

export interface QuarantineRow {
  link: string;
  sha256: Buffer;
  messageId: string;
  type: string;
  subject: string;
  errors: string;
  count: number;
  firstAt: Date;
  lastAt: Date;
  bytesKept: boolean;
}

/** Newest first. */
export function listQuarantine(database: Database, filter: QuarantineFilter): Promise<QuarantineRow[]> {
  return database.query<QuarantineRow>({
    name: 'reception-list-quarantine',
    text: `select link, sha256, message_id as "messageId", type, subject, errors, count,
                  first_at as "firstAt", last_at as "lastAt", bytes is not null as "bytesKept"
           from quarantine
           where ($1::text is null or link = $1)
             and ($2::text is null or message_id::text = $2 or subject = $2
                  or position(lower($2) in lower(errors::text)) > 0)
             and ($4::timestamptz is null or (first_at, sha256) < ($4, $5::bytea))
           order by first_at desc, sha256 desc limit $3`,
    values: [
      filter.link ?? null,
      filter.q ?? null,
      filter.limit,
      filter.after?.at ?? null,
      filter.after?.sha256 ?? null,
    ],
  });
}
