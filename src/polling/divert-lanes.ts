import type { LaneRef } from '../delivery/claim-lane.ts';
import type { LaneRunner } from '../delivery/run-lanes.ts';
import type { FeedSignal } from '../feed/await-change.ts';
import type { Link } from '../links/link.ts';

type LaneWaker = Pick<LaneRunner, 'trigger' | 'drainHere' | 'hasten'>;

/** The lanes of a link whose partner polls are not drained: what would wake them wakes polls that wait. */
export function divertLanes(
  runner: LaneWaker,
  links: ReadonlyMap<string, Pick<Link, 'delivery'>>,
  polls: Pick<FeedSignal, 'raise'>,
): LaneWaker {
  const pushed = (refs: Iterable<LaneRef>): LaneRef[] => {
    const all = [...refs];
    const drained = all.filter((ref) => links.get(ref.link)?.delivery !== 'poll');
    if (drained.length < all.length) polls.raise();
    return drained;
  };
  return {
    trigger: (refs) => runner.trigger(pushed(refs)),
    drainHere: (refs) => runner.drainHere(pushed(refs)),
    hasten: (refs) => runner.hasten(pushed(refs)),
  };
}
