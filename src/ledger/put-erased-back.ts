import { appendEntries } from '../audit/append-entries.ts';
import { uuidTime } from '../envelope/message-id.ts';
import type { Database } from '../store/database.ts';
import type { HeldMessage } from './read-lists.ts';

/** Puts messages back of which the partner has erased all but id and hash: enough for both sides to hold the same. */
export async function putErasedBack(
  database: Database,
  link: string,
  erased: readonly HeldMessage[],
): Promise<void> {
  if (erased.length === 0) return;
  const now = new Date();
  await database.transaction(async (tx) => {
    await tx.query({
      name: 'ledger-put-erased-back',
      text: `with returned as (
               select * from unnest($2::uuid[], $3::bytea[], $4::text[], $5::text[], $6::timestamptz[])
                 as u(id, sha256, outcome, err, at)
             ), stored as (
               insert into message (id, link, direction, type, subject, outcome, kid, sha256, at)
               select id, $1, 'out', 'erased', 'erased', 'accepted', '', sha256, at from returned
               on conflict (id, link, direction) do nothing
             )
             insert into delivery (id, link, outcome, err, at)
             select id, $1, case outcome when 'accepted' then 'delivered' else 'refused' end, err, $7 from returned
             on conflict (id, link) do nothing`,
      values: [
        link,
        erased.map((m) => m.jti),
        erased.map((m) => m.sha256),
        erased.map((m) => m.outcome),
        erased.map((m) => m.err),
        erased.map((m) => new Date(uuidTime(m.jti))),
        now,
      ],
    });
    const messages = erased.map(({ jti }) => jti);
    await appendEntries(tx, [{ kind: 'messages-put-back-erased', link, messages }], now);
  });
}
