import type { Logger } from 'pino';
import type { Pinged } from '../../delivery/ping-partner.ts';
import type { Link } from '../../links/link.ts';
import type { Database } from '../../store/database.ts';
import { runSoon } from '../../turns/run-soon.ts';

/** Between two pings of a link, whichever process sends them. */
const INTERVAL_MS = 60_000;
/** A gateway that has just started has better to do. */
const FIRST_MS = 20_000;
const LOOK_MS = 10_000;

export interface WatchingParts {
  database: Database;
  log: Pick<Logger, 'warn'>;
  links: ReadonlyMap<string, Link>;
  ping(link: Link): Promise<Pinged>;
}

/**
 * Pings every partner once a minute: is it there, and how far apart are the clocks? With nothing to send, an operator
 * would otherwise hear of a partner that is away only when it matters.
 */
export function pingPartners({ database, log, links, ping }: WatchingParts): AsyncDisposable {
  const startedAt = performance.now();
  return runSoon({
    async work() {
      if (performance.now() - startedAt < FIRST_MS) return;
      for (const id of await claimDue(database, [...links.keys()])) {
        const link = links.get(id);
        if (link) await notePing(database, id, await ping(link));
      }
    },
    soonMs: LOOK_MS,
    idleMs: LOOK_MS,
    onError: (error) => log.warn({ err: error }, 'watch: partners not pinged, next try in a moment'),
  });
}

/** A crash after this loses one ping; the next is due a minute later. */
async function claimDue(database: Database, links: readonly string[]): Promise<string[]> {
  const rows = await database.query<{ link: string }>({
    name: 'watch-claim-ping',
    text: `insert into link_watch as w (link, asked_at) select unnest($1::text[]), clock_timestamp()
           on conflict (link) do update set asked_at = excluded.asked_at
             where w.asked_at is null or w.asked_at < excluded.asked_at - $2 * interval '1 ms'
           returning link`,
    values: [links, INTERVAL_MS],
  });
  return rows.map(({ link }) => link);
}

async function notePing(
  database: Database,
  link: string,
  { ok, skewMs, roundTripMs, error }: Pinged,
): Promise<void> {
  await database.query({
    name: 'watch-note-ping',
    text: `update link_watch set
             answered_at = case when $2 then clock_timestamp() else answered_at end,
             skew_ms = coalesce($3, skew_ms), round_trip_ms = coalesce($4, round_trip_ms),
             failing_since = case when $2 then null else coalesce(failing_since, clock_timestamp()) end,
             error = case when $2 then null else $5 end
           where link = $1`,
    values: [link, ok, skewMs, roundTripMs, error?.slice(0, 500) ?? null],
  });
}
