import type { DemoSide } from '../src/demo/demo-side.ts';
import type { LoadSource } from './make-load.ts';
import { pushLoad } from './push-load.ts';

/** Messages a second that the sender accepts while its lanes are paused: signed, durable, audited, not sent yet. */
export async function measureIntake(side: DemoSide, load: LoadSource, messages: number): Promise<number> {
  await steerLanes(side, 'pause');
  try {
    const bodies = load.batches(side.party, messages);
    return (messages * 1000) / (await pushLoad(side, bodies));
  } finally {
    await steerLanes(side, 'resume');
  }
}

async function steerLanes({ client, tokens, link }: DemoSide, action: 'pause' | 'resume'): Promise<void> {
  const { items } = await client.get<{ items: { link: string; lane: string }[] }>(
    '/v1/ops/lanes',
    tokens.operator,
  );
  for (const { lane } of items.filter((each) => each.link === link)) {
    await client.post(`/v1/ops/lanes/${link}/${lane}/${action}`, tokens.operator, { reason: 'bench' });
  }
}
