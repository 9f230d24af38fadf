import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { addAuditExchangeRoutes } from '../audit/exchange-routes.ts';
import type { RunningAudit } from '../audit/start-audit.ts';
import type { linkPinger } from '../delivery/ping-link.ts';
import type { feedSignal } from '../feed/await-change.ts';
import { buildServer } from '../http/build-server.ts';
import { measureRequests } from '../http/metrics.ts';
import { limitAddresses } from '../http/request-rate.ts';
import type { LiveKeyRing } from '../keys/live-key-ring.ts';
import { addLedgerRoutes } from '../ledger/routes.ts';
import { addPollRoute, type PollRouteParts } from '../polling/routes.ts';
import { bodyBytesMax } from '../reception/body-bytes-max.ts';
import type { ReceptionParts } from '../reception/receive-sets.ts';
import { addExchangeRoutes } from '../reception/routes.ts';
import { addSsfRoutes } from '../reception/ssf-routes.ts';
import type { LiveTrust } from '../tls/live-trust.ts';
import { requirePartner } from '../tls/require-partner.ts';
import type { CommonParts } from './common-parts.ts';

/** What partners reach. */
export interface ExchangeParts extends CommonParts {
  keyRing: LiveKeyRing;
  reception: ReceptionParts;
  /** Wakes polls of partners. */
  polls: ReturnType<typeof feedSignal>;
  onPoll: PollRouteParts['onPoll'];
  ping: ReturnType<typeof linkPinger>;
  registry: Registry;
  trust: LiveTrust | undefined;
  stopping: AbortSignal;
  audit: RunningAudit;
}

/** The listener for partners: pushes, polls, keys, log and comparison. */
export async function exchangeListener(parts: ExchangeParts): Promise<FastifyInstance> {
  const { config, log, store, links, keyRing, registry, trust, stopping, ping, reception } = parts;
  const connectionsMax = config.limits.exchangeConnections;
  const server = buildServer({
    listener: 'exchange',
    log,
    bodyBytesMax: bodyBytesMax(links.values()),
    connectionsMax,
    tls: trust,
    stopping,
  });
  await limitAddresses(server, config.limits.exchangeRequestsPerSecond);
  requirePartner(server, trust);
  server.addHook('onRequest', async ({ partnerLink }) => {
    if (partnerLink !== null) parts.contact.noticed(partnerLink);
  });
  measureRequests(server, 'exchange', registry);
  addExchangeRoutes(server, { ...reception, links, jwks: () => keyRing.published });
  addPollRoute(server, {
    database: store.database,
    log,
    issuer: config.issuer,
    links,
    polls: parts.polls,
    onPoll: parts.onPoll,
    figures: parts.figures,
  });
  addAuditExchangeRoutes(server, parts.audit);
  const { database, incarnation } = store;
  addLedgerRoutes(server, { database, issuer: config.issuer, links, incarnation });
  addSsfRoutes(server, {
    issuer: config.issuer,
    links,
    sendVerification(link, state) {
      ping(link, state === undefined ? {} : { state }).catch((error: unknown) =>
        log.warn({ err: error, link: link.id }, 'verification not sent'),
      );
    },
  });
  return server;
}
