import type { Logger } from 'pino';
import type { LaneRef } from '../delivery/claim-lane.ts';
import { CONTROL_LANE } from '../delivery/lane-of.ts';
import { type OwnMessageParts, sendOwnMessage } from '../delivery/send-own-message.ts';
import type { Link } from '../links/link.ts';
import type { Database } from '../store/database.ts';

/** A version that is only late comes within this. */
export const ASK_AFTER_MS = 60_000;
/** What is parked at the partner takes an operator: it is asked for again, but not every minute. */
export const ASK_AGAIN_MS = 600_000;
/** Versions of one request, as its schema allows. */
const VERSIONS_PER_REQUEST_MAX = 1_000;
const INTERVAL_MS = 5_000;

export interface AskingParts extends OwnMessageParts {
  database: Database;
  log: Logger;
  links: readonly Link[];
  trigger(refs: Iterable<LaneRef>): void;
}

/**
 * Asks the partner for versions that have been missing for a minute, in one signed request: the hole is marked as
 * asked for in the transaction that sends it. Several processes pass over each other's rows.
 *
 * @returns how many versions were asked for
 */
export async function askForHoles(parts: AskingParts, link: Link, now: Date): Promise<number> {
  const asked = await parts.database.transaction(async (tx) => {
    const versions = await tx.query<{ subject: string; version: number }>({
      name: 'resync-take-holes',
      text: `with due as (
               select ctid from version_hole
               where link = $1 and party = $2 and seen_at <= $3 and (asked_at is null or asked_at <= $4)
               order by seen_at limit $5 for update skip locked
             )
             update version_hole h set asked_at = $6 from due where h.ctid = due.ctid
             returning h.subject, h.version`,
      values: [
        link.id,
        link.partner,
        new Date(now.getTime() - ASK_AFTER_MS),
        new Date(now.getTime() - ASK_AGAIN_MS),
        VERSIONS_PER_REQUEST_MAX,
        now,
      ],
    });
    if (versions.length > 0) {
      await sendOwnMessage(tx, parts, link, { type: 'resync-request', data: { versions } }, now, {
        versions: versions.length,
      });
    }
    return versions.length;
  });
  if (asked > 0) {
    parts.log.warn({ link: link.id, versions: asked }, 'versions are missing: the partner is asked for them');
    parts.trigger([{ link: link.id, lane: CONTROL_LANE }]);
  }
  return asked;
}

/** Looks for holes every moment, until disposed. */
export function runHoles(parts: AskingParts): AsyncDisposable {
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  const pass = async (): Promise<void> => {
    for (const link of parts.links) {
      while (!stopped && (await askForHoles(parts, link, new Date())) === VERSIONS_PER_REQUEST_MAX);
    }
  };
  const timer = setInterval(() => {
    running = running
      .then(pass)
      .catch((error: unknown) =>
        parts.log.warn({ err: error }, 'holes: not asked for, next pass in a moment'),
      );
  }, INTERVAL_MS);
  return {
    async [Symbol.asyncDispose]() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
