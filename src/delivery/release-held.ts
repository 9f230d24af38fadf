import type { Logger } from 'pino';
import type { Database } from '../store/database.ts';
import type { LaneRef } from './claim-lane.ts';
import type { Pinged } from './ping-partner.ts';

/** A partner that upgrades is noticed within this long, also where nothing but held messages waits for it. */
const INTERVAL_MS = 60_000;

export interface ReleasingParts {
  database: Database;
  log: Logger;
  links: readonly { id: string }[];
  ping(link: string): Promise<Pinged>;
  /** Keeps an edition that was announced. */
  remember(link: string, edition: string): Promise<void>;
  trigger(refs: Iterable<LaneRef>): void;
}

interface Held extends LaneRef {
  count: number;
}

/** Lanes with messages that need a newer edition than their partner announced last. */
export function findHeldForEdition(database: Database): Promise<Held[]> {
  return database.query<Held>({
    name: 'delivery-find-held-for-edition',
    text: `select o.link, o.lane, count(*) from outbox o join link_state s on s.link = o.link
           where s.partner_edition ~ '^[0-9]{1,9}$' and o.edition > s.partner_edition::integer
           group by o.link, o.lane`,
    values: [],
  });
}

/** Asks partners for which messages are held what edition they understand by now, and wakes the lanes once it is enough. */
export async function releaseHeld({
  database,
  log,
  links,
  ping,
  remember,
  trigger,
}: ReleasingParts): Promise<void> {
  const held = await findHeldForEdition(database);
  for (const id of new Set(held.map((h) => h.link))) {
    if (!links.some((link) => link.id === id)) continue;
    const messages = held.filter((h) => h.link === id).reduce((sum, h) => sum + h.count, 0);
    log.warn(
      { link: id, messages },
      'messages are held: the partner does not understand their contract edition',
    );
    const { edition } = await ping(id);
    if (edition !== null) await remember(id, edition);
  }
  if (held.length === 0) return;
  const still = new Set((await findHeldForEdition(database)).map((h) => `${h.link}.${h.lane}`));
  trigger(held.filter((h) => !still.has(`${h.link}.${h.lane}`)).map(({ link, lane }) => ({ link, lane })));
}

/** Does so every minute until disposed. */
export function runReleases(parts: ReleasingParts): AsyncDisposable {
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = releaseHeld(parts).catch((error: unknown) =>
      parts.log.warn({ err: error }, 'held messages: not looked through, next pass in a minute'),
    );
  }, INTERVAL_MS);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await running;
    },
  };
}
