import { calendarDay } from '../src/contract/party.ts';
import type { DemoSides } from '../src/demo/demo-side.ts';
import { suspendAtOnce, type UrgentSent } from '../src/demo/suspend-at-once.ts';
import type { LoadSource } from './make-load.ts';

const BACKLOG = 5000;
/** More than the backlog with its margin. */
const FILL_MAX = 12_000;

/** Time from acceptance to delivery of one urgent suspension while at least 5,000 messages wait. */
export function measureUrgent(sides: DemoSides, load: LoadSource): Promise<UrgentSent> {
  const { client, tokens } = sides.CN;
  const bodies = load.batches('CN', FILL_MAX)[Symbol.iterator]();
  const worker = async (enough: () => Promise<boolean>): Promise<void> => {
    for (const body of bodies) {
      await client.post('/v1/messages/batch', tokens.backend, body);
      if (await enough()) return;
    }
  };
  return suspendAtOnce({
    sides,
    enterprise: load.certified,
    on: calendarDay('CN', new Date()),
    backlog: BACKLOG,
    fill: async (enough) => {
      await Promise.all([worker(enough), worker(enough)]);
    },
  });
}
