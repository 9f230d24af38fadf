import type { DemoSide } from '../src/demo/demo-side.ts';

/** Enough that the gateway never waits for a request, few enough that they do not pile up. */
const IN_FLIGHT = 3;

/**
 * Pushes batches as fast as they are taken.
 *
 * @returns ms from the first request to the last answer
 * @throws Error when a message is refused: the figures would be of something else
 */
export async function pushLoad({ client, tokens }: DemoSide, bodies: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  const queue = bodies[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (const body of queue) {
      const { refused } = await client.post<{ refused: number }>('/v1/messages/batch', tokens.backend, body);
      if (refused > 0) throw new Error(`${refused} messages of the load were refused`);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return performance.now() - startedAt;
}
