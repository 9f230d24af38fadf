import { setTimeout as delay } from 'node:timers/promises';
import type { Party } from '../contract/party.ts';
import { DemoError } from './demo-error.ts';
import { type DemoSides, PARTIES } from './demo-side.ts';

/** What `GET /v1/ops/overview` says of a link, as far as the demo asks. */
export interface LinkFigures {
  id: string;
  pending: number;
  delivered: number;
  refused: number;
  receipted: number;
  haltedReason?: string | null;
}

export async function readFigures(sides: DemoSides, party: Party): Promise<LinkFigures> {
  const { client, tokens, link } = sides[party];
  const { links } = await client.get<{ links: LinkFigures[] }>('/v1/ops/overview', tokens.operator);
  const figures = links.find(({ id }) => id === link);
  if (!figures) throw new Error(`the gateway of ${party} has no link ${link}`);
  return figures;
}

/** Nothing moved for so long: something is wrong, and waiting on would hide it. */
const STALLED_MS = 60_000;
const POLL_MS_MAX = 500;
const POLL_MS_MIN = 100;

/**
 * Waits until the partners have given receipts for so many messages of each side.
 *
 * Counting costs the gateways time, so the next look is taken when about a third of the rest should be done, and not
 * before a third more time has passed.
 *
 * @param wanted receipts in all since the beginning, by the side that sent the messages
 * @throws Error when nothing has moved for a minute
 */
export async function awaitReceipts(
  sides: DemoSides,
  wanted: () => Readonly<Record<Party, number>>,
  onProgress: (receipted: number) => void = () => {},
): Promise<void> {
  const startedAt = Date.now();
  let movedAt = Date.now();
  let before = -1;
  let first: number | undefined;
  for (;;) {
    const figures = await Promise.all(PARTIES.map((party) => readFigures(sides, party)));
    const goals = wanted();
    const receipted = figures.reduce((sum, link) => sum + link.receipted, 0);
    first ??= receipted;
    onProgress(receipted);
    const missing = figures.reduce((sum, link, i) => {
      const party = PARTIES[i];
      return sum + Math.max(0, (party ? goals[party] : 0) - link.receipted - link.refused);
    }, 0);
    if (missing === 0) return;
    if (receipted !== before) movedAt = Date.now();
    before = receipted;
    if (Date.now() - movedAt > STALLED_MS) throw new DemoError('stalled', stalled(figures, missing));
    const elapsedMs = Date.now() - startedAt;
    const restMs = (missing * elapsedMs) / Math.max(1, receipted - first);
    await delay(Math.min(POLL_MS_MAX, Math.max(POLL_MS_MIN, Math.min(restMs, elapsedMs) / 3)));
  }
}

function stalled(figures: readonly LinkFigures[], missing: number): string {
  const links = figures.map(({ id, pending, delivered, receipted, haltedReason }) => {
    const halted = haltedReason ? `, halted: ${haltedReason}` : '';
    return `${id}: ${pending} waiting, ${delivered} delivered, ${receipted} receipted${halted}`;
  });
  return `${missing} receipts did not come in ${STALLED_MS / 1000} s (${links.join('; ')})`;
}
