import { readStoredSet } from '../envelope/read-set.ts';
import type { Receipt } from '../generated/messages.ts';
import { matchReceipts } from '../reception/match-receipts.ts';
import type { Database } from '../store/database.ts';
import { idAt } from './read-digests.ts';

/** Receipt messages of one transaction; each speaks of up to 1,000 messages. */
const RECEIPTS_PER_PASS = 20;

/**
 * Matches receipts that came before the messages they speak of were put back: until then they fitted nothing.
 *
 * @param since receipts of an earlier id speak of none of them, milliseconds since 1970
 * @param ids the messages put back
 */
export async function matchKeptReceipts(
  database: Database,
  link: string,
  since: number,
  ids: ReadonlySet<string>,
): Promise<void> {
  let after = idAt(since);
  for (;;) {
    const rows = await database.query<{ id: string; jws: string }>({
      name: 'ledger-kept-receipts',
      text: `select id, jws from message
             where link = $1 and direction = 'in' and subject = 'gateway' and type = 'receipt'
               and outcome = 'accepted' and id > $2 and jws is not null
             order by id limit $3`,
      values: [link, after, RECEIPTS_PER_PASS],
    });
    const last = rows.at(-1);
    if (!last) return;
    const received = rows.flatMap(({ id, jws }) => {
      const { receipts } = readStoredSet(jws).event.data as Receipt;
      const about = receipts.filter(({ jti }) => ids.has(jti));
      return about.length > 0 ? [{ set: { jti: id }, receipt: { receipts: about } }] : [];
    });
    if (received.length > 0) {
      await database.transaction((tx) => matchReceipts(tx, link, received, new Date()));
    }
    after = last.id;
  }
}
