import { appendEntries } from '../../audit/append-entries.ts';
import type { Act } from '../../delivery/withdraw-messages.ts';
import type { Database } from '../../store/database.ts';

export interface QuarantineRef {
  link: string;
  /** SHA-256 of the bytes. */
  sha256: Buffer;
}

/**
 * Takes refused bytes out of the quarantine. The message itself stays on record as refused: its version is spent and
 * a repeat gets the same answer; the bytes are then gone.
 *
 * @returns how many there were
 */
export function dismissQuarantined(
  database: Database,
  refs: readonly QuarantineRef[],
  { by, reason, now }: Act,
): Promise<number> {
  return database.transaction(async (tx) => {
    const gone = await tx.query<{ link: string; id: string }>({
      name: 'operations-dismiss-quarantined',
      text: `delete from quarantine q using unnest($1::text[], $2::text[]) as u(link, sha256)
             where q.link = u.link and q.sha256 = decode(u.sha256, 'hex')
             returning q.link, q.message_id as id`,
      values: [refs.map((r) => r.link), refs.map((r) => r.sha256.toString('hex'))],
    });
    const why = { by, ...(reason === undefined ? {} : { reason }) };
    const entries = gone.map(({ link, id }) => ({ kind: 'quarantine-dismissed', message: id, link, ...why }));
    await appendEntries(tx, entries, now);
    return gone.length;
  });
}
