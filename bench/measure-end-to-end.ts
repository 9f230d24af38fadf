import type { Party } from '../src/contract/party.ts';
import { type DemoSides, PARTIES } from '../src/demo/demo-side.ts';
import { awaitAllReceipts, countReceipts } from './await-all-receipts.ts';
import type { LoadSource } from './make-load.ts';
import { pushLoad } from './push-load.ts';

/**
 * Messages a second from acceptance to receipt: the clock runs from the first request to the last receipt matched,
 * over both gateways with their databases; signed, verified, validated, durable and audited on both sides.
 *
 * @param from one side, or both at once with half of the messages each
 */
export async function measureEndToEnd(
  sides: DemoSides,
  load: LoadSource,
  messages: number,
  from: readonly Party[] = ['CN'],
): Promise<number> {
  const each = Math.ceil(messages / from.length);
  const work = await Promise.all(
    from.map(async (party) => ({
      party,
      bodies: load.batches(party, each),
      wanted: (await countReceipts(sides[party])) + each,
    })),
  );
  const startedAt = performance.now();
  await Promise.all(
    work.map(async ({ party, bodies, wanted }) => {
      await pushLoad(sides[party], bodies);
      await awaitAllReceipts(sides[party], wanted);
    }),
  );
  return (each * from.length * 1000) / (performance.now() - startedAt);
}

export const BOTH = PARTIES;
