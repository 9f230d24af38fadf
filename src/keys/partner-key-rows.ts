import type { Database } from '../store/database.ts';

export type PartnerKeyState = 'announced' | 'pinned' | 'refused' | 'revoked';

/** A key of a partner that came on the wire, or one of its file that was revoked here. */
export interface PartnerKeyRow {
  link: string;
  kid: string;
  thumbprint: string;
  /** Absent where the key stands in the partner's file. */
  jwk: string | null;
  state: PartnerKeyState;
  reason: string | null;
  at: Date;
  decidedAt: Date | null;
  decidedBy: string | null;
}

export function listPartnerKeyRows(database: Pick<Database, 'query'>): Promise<PartnerKeyRow[]> {
  return database.query<PartnerKeyRow>({
    name: 'keys-list-partner',
    text: `select link, kid, thumbprint, jwk::text, state, reason, at,
             decided_at as "decidedAt", decided_by as "decidedBy"
           from partner_key order by link, at, kid`,
    values: [],
  });
}
