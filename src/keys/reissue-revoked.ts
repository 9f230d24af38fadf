import type { Logger } from 'pino';
import type { LaneRef } from '../delivery/claim-lane.ts';
import type { Link } from '../links/link.ts';
import type { Database } from '../store/database.ts';
import type { SubmittingParts } from '../submission/submit-messages.ts';
import { reissuePending } from './reissue-pending.ts';

export interface ReissuingParts extends SubmittingParts {
  database: Database;
  log: Logger;
  links: ReadonlyMap<string, Link>;
  trigger(refs: Iterable<LaneRef>): void;
}

/**
 * Sees to it that nothing stays pending under a revoked key. A revoked key signs nothing new, so a key that was found
 * without pending messages once is not asked for again.
 *
 * @returns to be called with the revoked keys of ours, now and then
 */
export function revokedReissuer(parts: ReissuingParts): (revoked: readonly string[]) => Promise<void> {
  const done = new Set<string>();
  return async (revoked) => {
    for (const kid of revoked) {
      if (done.has(kid)) continue;
      let isDone = true;
      for (const link of parts.links.values()) isDone = (await reissueAll(parts, link, kid)) && isDone;
      if (isDone) done.add(kid);
    }
  };
}

/** @returns whether nothing is left */
async function reissueAll(
  { database, log, trigger, ...parts }: ReissuingParts,
  link: Link,
  kid: string,
): Promise<boolean> {
  for (;;) {
    const now = new Date();
    const { count, dropped, left, lanes } = await database.transaction((tx) =>
      reissuePending(tx, parts, link, kid, now),
    );
    trigger(lanes);
    if (count + dropped > 0) {
      log.warn(
        { link: link.id, kid, count, dropped, left },
        'keys: pending messages of a revoked key made anew',
      );
    }
    if (left > 0) return false;
    if (count + dropped === 0) return true;
  }
}
