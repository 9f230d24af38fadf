import { appendEntries } from '../audit/append-entries.ts';
import { CONTROL_LANE } from '../delivery/lane-of.ts';
import { sendOwnMessage } from '../delivery/send-own-message.ts';
import type { LedgerDigest } from '../generated/messages.ts';
import type { Link } from '../links/link.ts';
import type { Database } from '../store/database.ts';
import { digestData, digestsOf } from './announce-agreement.ts';
import type { ComparingParts } from './compare-link.ts';
import { EMPTY_HASH, readHeldDigests, type StepDigest } from './read-digests.ts';
import { HOUR_MS, spansOfHours } from './spans.ts';

/** Hours that are read by one statement: a day, as in a comparison. */
const HELD_HOURS = 24;

/**
 * Compares the partner's oldest waiting claim with what we hold of its messages and answers it, signed, with what that
 * is: equal or not, the partner and the audit log have our word.
 *
 * A crash before the commit leaves the claim waiting; two processes that answer it at once send one answer.
 *
 * @returns whether there was one
 */
export async function answerClaim(parts: ComparingParts, link: Link): Promise<boolean> {
  const { database, log } = parts;
  const claim = await oldestClaim(database, link.id);
  if (!claim) return false;
  const claimed = digestsOf(claim.data);
  const held = await heldOf(database, link.id, claimed);
  const differing = claimed
    .filter((digest, n) => !held[n]?.hash.equals(digest.hash))
    .map(({ start }) => iso(start));
  const now = new Date();
  const answered = await database.transaction(async (tx) => {
    const taken = await tx.query({
      name: 'ledger-take-claim',
      text: 'delete from ledger_claim where message = $1 and link = $2 returning 1',
      values: [claim.message, link.id],
    });
    if (taken.length === 0) return false;
    const data = digestData(held, link.issuer);
    const answer = await sendOwnMessage(tx, parts, link, { type: 'ledger-digest', data }, now);
    const entry = {
      kind: 'ledger-agreed',
      link: link.id,
      digest: claim.message,
      of: 'theirs',
      answer,
      hours: claimed.length - differing.length,
      messages: claimed.reduce((sum, { count }) => sum + count, 0),
      disputed: differing,
    };
    await appendEntries(tx, [entry], now);
    return true;
  });
  if (!answered) return true;
  if (differing.length > 0)
    log.error(
      { link: link.id, message: claim.message, differing },
      'ledger: we hold other messages of these hours',
    );
  parts.trigger([{ link: link.id, lane: CONTROL_LANE }]);
  return true;
}

const iso = (ms: number): string => new Date(ms).toISOString();

async function oldestClaim(
  database: Database,
  link: string,
): Promise<{ message: string; data: LedgerDigest } | undefined> {
  const [row] = await database.query<{ message: string; data: string }>({
    name: 'ledger-oldest-claim',
    text: 'select message, data from ledger_claim where link = $1 order by at, message limit 1',
    values: [link],
  });
  return row && { message: row.message, data: JSON.parse(row.data) as LedgerDigest };
}

/** What we hold of the claimed hours, in their order; an hour without messages as such. */
async function heldOf(
  database: Database,
  link: string,
  claimed: readonly StepDigest[],
): Promise<StepDigest[]> {
  const hours = [...new Set(claimed.map(({ start }) => start - (start % HOUR_MS)))].sort((a, b) => a - b);
  const held = new Map<number, StepDigest>();
  for (const span of spansOfHours(hours, HELD_HOURS)) {
    for (const digest of await readHeldDigests(database, link, span)) held.set(digest.start, digest);
  }
  return claimed.map(({ start }) => held.get(start) ?? { start, count: 0, hash: EMPTY_HASH });
}
