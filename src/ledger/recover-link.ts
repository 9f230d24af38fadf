import { setTimeout as delay } from 'node:timers/promises';
import { appendEntries } from '../audit/append-entries.ts';
import type { Party } from '../contract/party.ts';
import type { PartnerConnection } from '../delivery/send-sets.ts';
import { sendVoids } from '../delivery/send-void.ts';
import { newMessageId, uuidTime } from '../envelope/message-id.ts';
import type { Link } from '../links/link.ts';
import type { Database } from '../store/database.ts';
import { acceptDisplaced, type NotAcceptedAgain } from './accept-displaced.ts';
import type { PartnerLedger } from './ask-partner.ts';
import { type ComparingParts, type Comparison, compareLink } from './compare-link.ts';
import { eraseReturned } from './erase-returned.ts';
import { fetchOwnSets, ownPolicy } from './fetch-own-sets.ts';
import { closeIntake, openIntake, readClosedIntakes } from './intake.ts';
import { LedgerError } from './ledger-error.ts';
import { type LostSpan, lostSpan } from './lost-span.ts';
import { matchKeptReceipts } from './match-kept-receipts.ts';
import { putErasedBack } from './put-erased-back.ts';
import type { HeldMessage } from './read-lists.ts';
import { takeBack } from './take-back.ts';

export interface RecoveringParts extends ComparingParts {
  party: Party;
  links: ReadonlyMap<string, Link>;
}

/** What a recovery did, and what it could not. */
export interface Recovery {
  link: string;
  /** Messages of ours that came back from the partner. */
  putBack: number;
  /** Of those, ones that the partner had erased: only their id and hash are known. */
  erased: string[];
  /** Pending messages that were accepted again as new ones. */
  acceptedAgain: number;
  /** Pending messages that do not fit what was put back: their back ends have to decide. */
  notAcceptedAgain: NotAcceptedAgain[];
  /** Versions that were drawn before the loss and are nobody's now; each was left to a void. */
  voided: { subject: string; version: number }[];
  /** What was accepted in this span and never delivered cannot come back: back ends submit it again. */
  lost: LostSpan | null;
  /** The comparison after it. */
  comparison: Comparison;
}

/** A request of a lane that was under way when the link was halted has ended by then. */
const LANES_WAIT_MS = 20_000;

/**
 * Recovers a link whose side was restored from a backup (protocol.md 5): fetches our messages that we lost from the
 * partner, verifies our own signatures, puts them back with their versions, accepts pending messages of those subjects
 * again as new ones, names the span that cannot come back, compares, and opens the intake.
 *
 * It can be repeated: a crash at any place leaves the intake closed and what was done done.
 *
 * @throws {LedgerError}
 */
export async function recoverLink(
  parts: RecoveringParts,
  link: Link,
  connection: PartnerConnection,
  by: string,
): Promise<Recovery> {
  const { database } = parts;
  const closed = (await readClosedIntakes(database)).find((intake) => intake.link === link.id);
  const progress: Progress = { putBack: 0, erased: [], first: undefined, subjects: new Set() };
  const comparing = { reason: 'recover', all: true, open: true } as const;
  await compareLink(parts, link, connection, {
    ...comparing,
    recover: (unknown, ledger) => takeAllBack(parts, link, ledger, unknown, progress),
  });
  await eraseReturned(database, progress.subjects);
  const { accepted, refused } = await acceptDisplaced(database, parts, link.id);
  if (!closed && progress.putBack + accepted + refused.length === 0) {
    throw new LedgerError('nothing-to-recover', `the link ${link.id} lacks nothing; its intake is open`);
  }
  const voided = await voidUnborne(parts, link, progress.subjects);
  const lost = await lostSpan(database, link.id, progress.first, closed?.since);
  const comparison = await compareLink(parts, link, connection, comparing);
  await database.transaction(async (tx) => {
    // Halts that the clash of versions had caused are over as well.
    if (comparison.unknown === 0) await openIntake(tx, link.id, { resume: true });
    const entry = {
      kind: 'link-recovered',
      link: link.id,
      by,
      putBack: progress.putBack,
      acceptedAgain: accepted,
      notAcceptedAgain: refused.map(({ id }) => id),
      voided,
      lost: lost && { since: lost.since.toISOString(), until: lost.until.toISOString() },
    };
    await appendEntries(tx, [entry], new Date());
  });
  parts.trigger(await lanesOf(database, link.id));
  return {
    link: link.id,
    putBack: progress.putBack,
    erased: progress.erased,
    acceptedAgain: accepted,
    notAcceptedAgain: refused,
    voided,
    lost,
    comparison,
  };
}

interface Progress {
  putBack: number;
  erased: string[];
  /** Time of the earliest message that was lost. */
  first: number | undefined;
  subjects: Set<string>;
}

/** Fetches what is unknown here, group by group; each is on record before the next one is asked for. */
async function takeAllBack(
  parts: RecoveringParts,
  link: Link,
  ledger: PartnerLedger,
  unknown: readonly HeldMessage[],
  progress: Progress,
): Promise<{ putBack: number }> {
  const { database } = parts;
  const reason = `the partner holds ${unknown.length} messages of ours that are not on record here; they are being put back. Run mra link recover ${link.id} again if this stays`;
  await closeIntake(database, link.id, reason);
  await untilIdle(database, link.id);
  const policy = await ownPolicy(parts.keyRing, link, parts.issuer, new Date());
  const ids = new Set(unknown.map(({ jti }) => jti));
  const first = Math.min(...[...ids].slice(0, 1).map(uuidTime));
  progress.first = first;
  for await (const { returned, erased } of fetchOwnSets(ledger, policy, unknown)) {
    const taken = await database.transaction((tx) => takeBack(tx, parts, link, returned, new Date()));
    await putErasedBack(database, link.id, erased);
    progress.putBack += taken.putBack + erased.length;
    progress.erased.push(...erased.map(({ jti }) => jti));
    for (const { set } of returned) if (set.event.version !== undefined) progress.subjects.add(set.subject);
  }
  await matchKeptReceipts(database, link.id, first, ids);
  return { putBack: progress.putBack };
}

/** Lanes are halted: none begins. */
async function untilIdle(database: Database, link: string): Promise<void> {
  const deadline = Date.now() + LANES_WAIT_MS;
  for (;;) {
    const [row] = await database.query<{ busy: number }>({
      name: 'ledger-busy-lanes',
      text: `select count(*)::int as busy from lane
             where link = $1 and owner is not null and lease_until >= clock_timestamp()`,
      values: [link],
    });
    if (row?.busy === 0) return;
    if (Date.now() > deadline) {
      throw new LedgerError('lanes-busy', `lanes of ${link} do not come to rest; try again in a moment`);
    }
    await delay(100);
  }
}

/**
 * Leaves versions that no message bears any more to voids: they were drawn before the loss and never delivered, and
 * the partner would wait for them.
 */
async function voidUnborne(
  parts: RecoveringParts,
  link: Link,
  subjects: ReadonlySet<string>,
): Promise<{ subject: string; version: number }[]> {
  if (subjects.size === 0) return [];
  return parts.database.transaction(async (tx) => {
    const unborne = await tx.query<{ subject: string; version: number }>({
      name: 'ledger-unborne-versions',
      text: `select s.subject, n.version from subject s
             cross join lateral generate_series(1, s.last_version) as n(version)
             where s.link = $1 and s.party = $2 and s.subject = any ($3::text[])
               and not exists (select from subject_version v where v.link = s.link and v.party = s.party
                               and v.subject = s.subject and v.version = n.version)
               and not exists (select from version_void w where w.link = s.link and w.party = s.party
                               and w.subject = s.subject and w.version = n.version)
             order by s.subject, n.version`,
      values: [link.id, parts.party, [...subjects]],
    });
    const voids = unborne.map(({ subject, version }) => ({
      link: link.id,
      party: parts.party,
      subject,
      version,
      // Which message it was is what was lost.
      message: newMessageId(),
      reason: 'lost before it was delivered',
    }));
    await sendVoids(tx, parts, link, voids, new Date());
    return unborne;
  });
}

function lanesOf(database: Database, link: string): Promise<{ link: string; lane: string }[]> {
  return database.query({
    name: 'ledger-lanes-of',
    text: 'select link, lane from lane where link = $1',
    values: [link],
  });
}
