import type { Logger } from 'pino';
import { appendEntries } from '../audit/append-entries.ts';
import type { LedgerDigest } from '../generated/messages.ts';
import type { OwnMessageHandler } from '../reception/handle-own-messages.ts';
import type { Transaction } from '../store/database.ts';
import { digestsOf } from './announce-agreement.ts';

/**
 * Takes digests of the partner's, in the transaction that stores them. A claim about its own messages waits until we
 * have compared it with what we hold, which may take longer than a request; an answer to a claim of ours is compared
 * with what we claimed.
 *
 * @param issuer our own
 */
export function digestTaker(issuer: string, log: Logger): OwnMessageHandler<'ledger-digest'> {
  return async (tx, received, { link, now }) => {
    for (const { id, data } of received) {
      if (data.of === issuer) await confirm(tx, link.id, id, data, now, log);
      else if (data.of === undefined || data.of === link.issuer) await keepClaim(tx, link.id, id, data, now);
      else log.warn({ link: link.id, message: id }, 'ledger: digest about neither side');
    }
  };
}

async function keepClaim(
  tx: Transaction,
  link: string,
  message: string,
  data: LedgerDigest,
  now: Date,
): Promise<void> {
  await tx.query({
    name: 'ledger-keep-claim',
    text: `insert into ledger_claim (message, link, data, at) values ($1, $2, $3, $4) on conflict do nothing`,
    values: [message, link, JSON.stringify(data), now],
  });
}

/** Both have said it now, or the partner says something else than what we found. */
async function confirm(
  tx: Transaction,
  link: string,
  message: string,
  data: LedgerDigest,
  now: Date,
  log: Logger,
): Promise<void> {
  const digests = digestsOf(data);
  const rows = await tx.query<{ hour: Date; count: number }>({
    name: 'ledger-confirm-hours',
    text: `update ledger_hour h set confirmed_by = $2
           from unnest($3::timestamptz[], $4::bigint[], $5::bytea[]) as u(hour, count, hash)
           where h.link = $1 and h.hour = u.hour and h.count = u.count and h.hash = u.hash
           returning h.hour, h.count`,
    values: [
      link,
      message,
      digests.map(({ start }) => new Date(start)),
      digests.map(({ count }) => count),
      digests.map(({ hash }) => hash),
    ],
  });
  const confirmed = new Set(rows.map(({ hour }) => hour.getTime()));
  const disputed = digests.filter(({ start }) => !confirmed.has(start)).map(({ start }) => iso(start));
  const messages = rows.reduce((sum, { count }) => sum + count, 0);
  const entry = {
    kind: 'ledger-agreed',
    link,
    digest: message,
    of: 'ours',
    hours: rows.length,
    messages,
    disputed,
  };
  await appendEntries(tx, [entry], now);
  if (disputed.length > 0)
    log.error({ link, message, disputed }, 'ledger: the partner says otherwise of these hours');
}

const iso = (ms: number): string => new Date(ms).toISOString();
