import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { guardApi, openAccess } from '../access/open-access.ts';
import type { ReadLog } from '../access/record-reads.ts';
import { appendEntries } from '../audit/append-entries.ts';
import { addAuditRoutes } from '../audit/ops-routes.ts';
import type { OwnAuditKeys } from '../audit/own-audit-keys.ts';
import type { RunningAudit } from '../audit/start-audit.ts';
import { addQueueBoard } from '../console-server/queue-board.ts';
import { addConsole } from '../console-server/serve-console.ts';
import type { LaneRef } from '../delivery/claim-lane.ts';
import { laneOf } from '../delivery/lane-of.ts';
import { pingWithActiveKey } from '../delivery/ping-partner.ts';
import type { LaneRunner } from '../delivery/run-lanes.ts';
import type { PartnerConnection } from '../delivery/send-sets.ts';
import { addErasureRoutes } from '../erasure/routes.ts';
import type { feedSignal } from '../feed/await-change.ts';
import { addFeedRoutes } from '../feed/routes.ts';
import { buildServer } from '../http/build-server.ts';
import { healthRoutes } from '../http/health.ts';
import { measureRequests, metricsRoute } from '../http/metrics.ts';
import { describeRoutes } from '../http/openapi.ts';
import { countRequests } from '../http/request-rate.ts';
import { addKeyChangeRoutes } from '../keys/change-routes.ts';
import type { LiveKeyRing } from '../keys/live-key-ring.ts';
import { addKeyRoutes } from '../keys/routes.ts';
import type { TrustWatch } from '../keys/watch-trust.ts';
import type { ComparingParts } from '../ledger/compare-link.ts';
import { addLedgerOperations } from '../ledger/operations-routes.ts';
import type { Comparisons } from '../ledger/run-comparisons.ts';
import { logAccepted } from '../operations/log-messages.ts';
import { addOperationsRoutes } from '../operations/routes.ts';
import type { RunningOperations } from '../operations/start-operations.ts';
import { addWatchRoutes } from '../operations/watch-routes.ts';
import { addRecognitionRoutes } from '../recognition/routes.ts';
import { addReconciliationRoutes } from '../reconciliation/routes.ts';
import { addRegisterRoutes } from '../register/routes.ts';
import { addSearchRoutes } from '../register/search/routes.ts';
import { addStreamOperations, addStreamRoutes } from '../streams/routes.ts';
import type { Intake } from '../submission/intake/admit-intake.ts';
import { addSubmissionRoutes } from '../submission/routes.ts';
import type { LiveTrust } from '../tls/live-trust.ts';
import { addWebhookRoutes } from '../webhooks/routes.ts';
import type { CommonParts } from './common-parts.ts';

const VERSION = '0.1.0';

/** What back ends, operators and auditors reach. */
export interface InternalParts extends CommonParts {
  trust: LiveTrust | undefined;
  watch: TrustWatch;
  operations: RunningOperations;
  auditKeys: OwnAuditKeys;
  stopping: AbortSignal;
  intake: Intake;
  keyRing: LiveKeyRing;
  registry: Registry;
  reads: ReadLog;
  signal: ReturnType<typeof feedSignal>;
  trigger: (refs: Iterable<LaneRef>) => void;
  /** The same for an operator, who does not wait for the end of a lane's pause. */
  hasten: (refs: Iterable<LaneRef>) => void;
  /** What waits for the lanes' workers. */
  queue: LaneRunner['queue'];
  /** Something urgent was accepted for this lane. */
  hurry: (ref: LaneRef) => void;
  connections: ReadonlyMap<string, PartnerConnection>;
  audit: RunningAudit;
  comparing: ComparingParts;
  gate: Comparisons['intake'];
}

/** The listener for the administration's own systems and people. */
export async function internalListener(parts: InternalParts): Promise<FastifyInstance> {
  const { config, log, store, links, keyRing, registry, reads, signal, trigger, hurry, connections } = parts;
  const { database, incarnation } = store;
  const server = buildServer({
    listener: 'internal',
    log,
    connectionsMax: config.limits.internalConnections,
    stopping: parts.stopping,
  });
  measureRequests(server, 'internal', registry);
  await describeRoutes(server, VERSION);
  healthRoutes(server, {
    database: () => database.query({ name: 'health', text: 'select 1', values: [] }),
    running: async () => parts.stopping.throwIfAborted(),
  });
  metricsRoute(server, registry);
  await addConsole(server);
  const access = openAccess(database, appendEntries, config.access);
  await countRequests(server);
  await server.register(async (api) => {
    guardApi(api, {
      database,
      audit: appendEntries,
      access,
      links: links.keys(),
      requestsPerSecond: config.limits.internalRequestsPerSecond,
    });
    addSubmissionRoutes(api, {
      database,
      reads,
      party: config.party,
      issuer: config.issuer,
      keyRing,
      links,
      intake: parts.intake,
      assertOpen: (wanted) => parts.gate.assertOpen(wanted),
      onAccepted(accepted) {
        parts.figures.accepted(accepted);
        logAccepted(log, accepted);
        const refs = accepted.map(({ link, subject, urgent }) => ({
          link,
          lane: laneOf(subject, links.get(link)?.lanes ?? 1),
          urgent,
        }));
        for (const ref of refs) if (ref.urgent) hurry(ref);
        trigger(refs);
      },
    });
    addFeedRoutes(api, { database, incarnation, signal, reads });
    addStreamRoutes(api, { database, links, signal, reads });
    addStreamOperations(api, database);
    addWebhookRoutes(api, { database, webhooks: config.webhooks });
    addErasureRoutes(api, access.approvals, config.erasureList);
    addAuditRoutes(api, { database, logName: parts.audit.logName, now: () => new Date() });
    addRegisterRoutes(api, { database, party: config.party, reads });
    addSearchRoutes(api, { database, party: config.party, links, reads });
    addRecognitionRoutes(api, {
      database,
      party: config.party,
      links,
      lastHeard: (link) => parts.contact.lastHeard(link),
      now: () => new Date(),
      reads,
    });
    addLedgerOperations(api, { ...parts.comparing, party: config.party, links, connections });
    addQueueBoard(api, parts.queue);
    addReconciliationRoutes(api, { ...parts.comparing, party: config.party, links });
    addKeyChangeRoutes(api, { config, database, links, keyRing, approvals: access.approvals, trigger });
    addKeyRoutes(api, { database, links, keyRing, trust: parts.trust, watch: parts.watch });
    const { auditKeys, operations } = parts;
    const { party } = config;
    addWatchRoutes(api, { database, log, party, links, keyRing, auditKeys, reads, ...operations });
    addOperationsRoutes(api, {
      database,
      ...parts.operations,
      party: config.party,
      issuer: config.issuer,
      keyRing,
      links,
      trigger: parts.hasten,
      approvals: access.approvals,
      async ping(link) {
        const connection = connections.get(link.id);
        if (!connection) throw new Error(`no connection for the link ${link.id}`);
        return pingWithActiveKey({ database, keyRing, issuer: config.issuer }, link, connection);
      },
    });
  });
  return server;
}
