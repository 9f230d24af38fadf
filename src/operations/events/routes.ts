import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { principalOf } from '../../http/authenticate.ts';
import { Problem } from '../../http/problem.ts';
import { listAlerts } from '../alerts/routes.ts';
import { listJobs } from '../jobs/job.ts';
import { readLanes } from '../lanes/read-lanes.ts';
import type { OverviewParts } from '../overview/read-overview.ts';
import { readOverview } from '../overview/routes.ts';
import { EventHub } from './event-hub.ts';

export interface EventRouteParts extends OverviewParts {
  log: Pick<Logger, 'warn'>;
}

const JOBS_WATCHED = 20;
const RETRY_AFTER_SECONDS = 30;

/** What changes, as server-sent events (WHATWG HTML, 9.2), for consoles and `mra watch`. */
export function addEventRoutes(app: FastifyInstance, parts: EventRouteParts): void {
  const { database, board, log } = parts;
  const hub = new EventHub(async (link) => {
    const now = new Date();
    const [overview, lanes, alerts, jobs] = await Promise.all([
      readOverview(parts, now, link),
      readLanes(database, now, link),
      board ? listAlerts(database, board, link) : [],
      listJobs(database, { link, limit: JOBS_WATCHED }),
    ]);
    return { overview, lanes, alerts, jobs };
  }, log);
  app.addHook('onClose', () => hub[Symbol.asyncDispose]());

  app.get(
    '/v1/ops/events',
    { config: { scope: 'operate', link: 'route', unattended: true }, schema: eventsSchema },
    (request, reply) => {
      if (hub.full) {
        throw new Problem('unavailable', {
          detail: 'As many consoles listen to this process as may. Come again in a while.',
          retryAfterSeconds: RETRY_AFTER_SECONDS,
        });
      }
      reply.hijack();
      reply.raw.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        'content-type': 'text/event-stream',
        // Proxies that gather answers would hold each event back.
        'x-accel-buffering': 'no',
      });
      hub.open(
        reply.raw,
        principalOf(request).link,
        app.closing,
        request.stillValid ?? (() => Promise.resolve(true)),
      );
    },
  );
}

const eventsSchema = {
  tags: ['operate'],
  summary: 'What changes, as server-sent events',
  description:
    'Named events with one JSON line each: `overview` (as GET /v1/ops/overview), `alert-raised` (the alert, also when it changes), `alert-cleared` `{id, code, link, lane}`, `lane` (as in GET /v1/ops/lanes), `job`. The first ones tell the whole state; afterwards what changed, at most each 2 s. A comment each 15 s. Listening keeps no session alive; a stream ends within 15 s of the session or token that opened it. A stream ends after 10 minutes; come again at once. 503 beyond 100 streams a process.',
};
