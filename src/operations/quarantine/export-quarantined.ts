import { appendEntries } from '../../audit/append-entries.ts';
import type { Act } from '../../delivery/withdraw-messages.ts';
import type { Database } from '../../store/database.ts';
import type { QuarantineRef } from './dismiss-quarantined.ts';

/** What the partner signed and we refused, with its bytes, for whoever looks into it. */
export interface Exported {
  link: string;
  sha256: string;
  messageId: string;
  type: string;
  subject: string;
  errors: unknown;
  count: number;
  firstAt: Date;
  lastAt: Date;
  /** The compact JWS; null where it was over the limit, or erased. */
  jws: string | null;
}

type Row = Omit<Exported, 'sha256' | 'errors'> & { sha256: Buffer; errors: string };

/** Reads quarantined bytes, and leaves an audit entry that says who took them. */
export function exportQuarantined(
  database: Database,
  refs: readonly QuarantineRef[],
  { by, reason, now }: Act,
): Promise<Exported[]> {
  return database.transaction(async (tx) => {
    const rows = await tx.query<Row>({
      name: 'operations-export-quarantined',
      text: `select q.link, q.sha256, message_id as "messageId", type, subject, errors, count,
               first_at as "firstAt", last_at as "lastAt", convert_from(bytes, 'UTF8') as jws
             from quarantine q join unnest($1::text[], $2::text[]) as u(link, sha256)
               on q.link = u.link and q.sha256 = decode(u.sha256, 'hex')
             order by first_at, q.sha256`,
      values: [refs.map((r) => r.link), refs.map((r) => r.sha256.toString('hex'))],
    });
    const entry = {
      kind: 'quarantine-exported',
      messages: rows.map((row) => row.messageId),
      by,
      ...(reason === undefined ? {} : { reason }),
    };
    if (rows.length > 0) await appendEntries(tx, [entry], now);
    return rows.map((row) => ({
      ...row,
      sha256: row.sha256.toString('base64url'),
      errors: JSON.parse(row.errors),
    }));
  });
}
