import { randomUUID } from 'node:crypto';
import { Server as TlsServer } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { guardApi, openAccess } from './access/open-access.ts';
import { ReadLog } from './access/record-reads.ts';
import { appendEntries } from './audit/append-entries.ts';
import { addAuditExchangeRoutes } from './audit/exchange-routes.ts';
import { addAuditRoutes } from './audit/ops-routes.ts';
import { loadAuditKeys, type OwnAuditKeys } from './audit/own-audit-keys.ts';
import { type RunningAudit, startAudit } from './audit/start-audit.ts';
import type { Config, Listener } from './config/config.ts';
import { addQueueBoard } from './console-server/queue-board.ts';
import { addConsole } from './console-server/serve-console.ts';
import type { LaneRef } from './delivery/claim-lane.ts';
import { type DrainParts, drainLane } from './delivery/drain-lane.ts';
import { laneOf, lanesOf } from './delivery/lane-of.ts';
import { linkPinger } from './delivery/ping-link.ts';
import { type Pinged, pingWithActiveKey } from './delivery/ping-partner.ts';
import { queuePlace } from './delivery/queue/queue-place.ts';
import { reconcileLanes } from './delivery/reconcile-lanes.ts';
import { runReleases } from './delivery/release-held.ts';
import { editionMemory } from './delivery/remember-edition.ts';
import { RequestGate } from './delivery/request-gate.ts';
import { type LaneRunner, runLanes } from './delivery/run-lanes.ts';
import { connectPartner, type PartnerConnection } from './delivery/send-sets.ts';
import { eraseAgain } from './erasure/erase-enterprise.ts';
import { addErasureRoutes } from './erasure/routes.ts';
import { feedSignal } from './feed/await-change.ts';
import { addFeedRoutes } from './feed/routes.ts';
import { buildServer } from './http/build-server.ts';
import { socketCutter } from './http/cut-sockets.ts';
import { healthRoutes } from './http/health.ts';
import { measureRequests, metricsRoute } from './http/metrics.ts';
import { describeRoutes } from './http/openapi.ts';
import { countRequests, limitAddresses } from './http/request-rate.ts';
import { activateKeys } from './keys/activate-keys.ts';
import { addKeyChangeRoutes } from './keys/change-routes.ts';
import type { KeyRing } from './keys/key-ring.ts';
import { LiveKeyRing } from './keys/live-key-ring.ts';
import { PartnerKeyRing } from './keys/partner-key-ring.ts';
import { addKeyRoutes } from './keys/routes.ts';
import { startTrust } from './keys/start-trust.ts';
import type { TrustWatch } from './keys/watch-trust.ts';
import type { ComparingParts } from './ledger/compare-link.ts';
import { addLedgerOperations } from './ledger/operations-routes.ts';
import { addLedgerRoutes } from './ledger/routes.ts';
import { type Comparisons, runComparisons } from './ledger/run-comparisons.ts';
import { digestTaker } from './ledger/take-digests.ts';
import type { Link } from './links/link.ts';
import { PartnerContact } from './links/note-contact.ts';
import { openLinks } from './links/open-links.ts';
import { exchangeFigures } from './operations/figures.ts';
import { logAccepted, logRequest } from './operations/log-messages.ts';
import { partitionFigure } from './operations/partition-figure.ts';
import { addOperationsRoutes } from './operations/routes.ts';
import { type RunningOperations, startOperations } from './operations/start-operations.ts';
import { ensureLanes } from './operations/steer-lane.ts';
import { addWatchRoutes } from './operations/watch-routes.ts';
import { divertLanes } from './polling/divert-lanes.ts';
import { addPollRoute, type PollRouteParts } from './polling/routes.ts';
import { runPolling } from './polling/run-polling.ts';
import { bodyBytesMax } from './reception/body-bytes-max.ts';
import type { OwnMessageHandlers } from './reception/handle-own-messages.ts';
import { runReceipts } from './reception/issue-receipts.ts';
import type { ReceptionParts } from './reception/receive-sets.ts';
import { addExchangeRoutes } from './reception/routes.ts';
import { addSsfRoutes } from './reception/ssf-routes.ts';
import { addRecognitionRoutes } from './recognition/routes.ts';
import { reconciliationHandlers } from './reconciliation/handlers.ts';
import { addReconciliationRoutes } from './reconciliation/routes.ts';
import { runReconciliations } from './reconciliation/run-reconciliations.ts';
import { addRegisterRoutes } from './register/routes.ts';
import { addSearchRoutes } from './register/search/routes.ts';
import { runIndexer } from './register/search/run-indexer.ts';
import { versionsAnswerer } from './resync/answer-versions.ts';
import { runHoles } from './resync/ask-for-holes.ts';
import { runRetention } from './retention/run-retention.ts';
import { openStore, type Store } from './store/open-store.ts';
import { storeConfig } from './store/store-config.ts';
import { addStreamOperations, addStreamRoutes } from './streams/routes.ts';
import { type Intake, openIntake } from './submission/intake/admit-intake.ts';
import { openOutboxGauge } from './submission/intake/outbox-gauge.ts';
import { addSubmissionRoutes } from './submission/routes.ts';
import type { LiveTrust } from './tls/live-trust.ts';
import { openTrust } from './tls/open-trust.ts';
import { requirePartner } from './tls/require-partner.ts';
import { consumerAlerts, pollingAlerts } from './webhooks/consumer-alerts.ts';
import { addWebhookRoutes } from './webhooks/routes.ts';
import { startWebhooks } from './webhooks/start-webhooks.ts';

/** A running gateway: one process of one side. */
export interface Gateway extends AsyncDisposable {
  /** Base addresses of the two listeners, with the ports that were taken. */
  internal: string;
  exchange: string;
  /** Reads keys and certificates again, as happens by itself when their files change. */
  reload(): Promise<boolean>;
}

const VERSION = '0.1.0';

/** Both listeners, and the lanes' last requests of 6 s before, fit into the 10 s of a stop. */
const CLOSE_MS = 1_500;

/**
 * Puts the parts together: configuration → keys and links → store → workers → two listeners. What was opened is
 * closed in the opposite order: first nothing new is taken and what is in hand is finished, then the store goes.
 */
export async function startGateway(config: Config, log: Logger): Promise<Gateway> {
  const stack = new AsyncDisposableStack();
  try {
    return await compose(config, log, stack);
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function compose(config: Config, log: Logger, stack: AsyncDisposableStack): Promise<Gateway> {
  const trust = openTrust(config);
  const [keyRing, links] = await Promise.all([LiveKeyRing.open(config.keys), openLinks(config.links)]);
  const auditKeys = loadAuditKeys(config.keys.private);
  const store = stack.use(await openStore(storeConfig(config), log));
  await eraseAgain(store.database, config.erasureList);
  await activateKeys(store.database, keyRing);
  const partnerKeys = new PartnerKeyRing(store.database, links);
  await partnerKeys.refresh();
  for (const link of links.values()) await ensureLanes(store.database, link.id, lanesOf(link.lanes));

  const registry = new Registry();
  const figures = exchangeFigures(registry);
  partitionFigure(registry, store.database);
  const signal = feedSignal();
  const connections = new Map(
    [...links.values()].map((link) => [link.id, stack.use(connectPartner(link, trust))]),
  );
  const reads = stack.use(new ReadLog(store.database, appendEntries, { log }));
  await reads.beSeen();
  stack.use(runIndexer({ database: store.database, log }));
  const contact = stack.use(new PartnerContact(store.database, log));
  await contact.exchange();
  const stopping = new AbortController();
  const audit = startAudit(
    {
      registry,
      store,
      log,
      keys: auditKeys,
      links,
      connections,
      onFeed: signal.raise,
      stop: stopping.signal,
    },
    stack,
  );
  const polls = feedSignal();
  const remember = editionMemory(store.database);
  const lanes = await startLanes(
    { config, log, store, links, connections, figures, keyRing, contact, polls, remember },
    stack,
  );
  const issuing = {
    database: store.database,
    log,
    issuer: config.issuer,
    keyRing,
    links: [...links.values()],
    logName: auditKeys.log.verifier.name,
    trigger: lanes.trigger,
  };
  stack.use(runReceipts(issuing));
  stack.use(runHoles(issuing));
  stack.use(runRetention(store.database, config, log));

  const intake = openIntake({
    gauge: stack.use(await openOutboxGauge(store.database, log)),
    outboxMax: (link) => links.get(link)?.outboxMax ?? 0,
  });
  const { database } = store;
  const ping = linkPinger({ database, keyRing, issuer: config.issuer, connections });
  const { trigger } = lanes;
  const {
    handlers: keyHandlers,
    watch,
    reload,
  } = startTrust({ config, database, log, registry, links, keyRing, partnerKeys, trust, trigger }, stack);
  const { queueAwaySince } = lanes;
  const operations = await startOperations(
    { config, database, log, links, ping, trust: watch, queueAwaySince, keyRing, registry, trigger },
    stack,
  );
  operations.board.add(
    consumerAlerts(
      database,
      config.webhooks.map(({ name }) => name),
    ),
    pollingAlerts(
      database,
      [...links.values()].flatMap(({ id, reception }) => (reception === 'poll' ? [id] : [])),
    ),
  );
  const handlers: OwnMessageHandlers = {
    ...keyHandlers,
    ...reconciliationHandlers(issuing, versionsAnswerer({ ...issuing, party: config.party })),
    'ledger-digest': digestTaker(config.issuer, log),
  };
  const reception: ReceptionParts = {
    database,
    log,
    party: config.party,
    issuer: config.issuer,
    decryption: () => keyRing.decryption,
    refreshKeys: () => partnerKeys.refreshSoon(),
    now: () => new Date(),
    handlers,
    onReceived(link, counts) {
      figures.received(link, counts);
      contact.heard(link);
    },
  };
  const onPoll: PollRouteParts['onPoll'] = (link, edition) => {
    contact.heard(link);
    if (edition === undefined) return;
    remember(link, edition).catch((error: unknown) => log.warn({ err: error }, 'edition not kept'));
  };
  const parts = {
    config,
    log,
    store,
    links,
    keyRing,
    registry,
    figures,
    contact,
    trust,
    audit,
    stopping: stopping.signal,
    reception,
    polls,
    onPoll,
    ping,
  };
  const exchange = await listen(await exchangeListener(parts), config.exchange, stack);
  const owner = `${config.party.toLowerCase()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  await startWebhooks(
    { database, log, webhooks: config.webhooks, signal, reads, owner, stop: stopping.signal },
    stack,
  );
  stack.use(
    runPolling({ ...issuing, links, connections, reception, owner, stop: stopping.signal, onAnswer: onPoll }),
  );
  const comparing = comparingParts(parts, lanes.trigger);
  stack.use(runReconciliations({ ...comparing, party: config.party, links }));
  const { intake: gate } = stack.use(runComparisons({ ...comparing, links, connections }));
  const internal = await listen(
    await internalListener({
      ...parts,
      watch,
      operations,
      auditKeys,
      reads,
      signal,
      ...lanes,
      connections,
      comparing,
      intake,
      gate,
    }),
    config.internal,
    stack,
  );
  // First of all when the gateway stops: while the requests in hand finish, new ones are told to come again.
  stack.defer(async () => {
    stopping.abort();
    await lanes.finish();
    // What else asks a partner (a ping, the publisher, the mirror) ends now: it would take as long again.
    await Promise.all([...connections.values()].map((connection) => connection[Symbol.asyncDispose]()));
  });
  log.info({ party: config.party, internal, exchange }, 'gateway ready');
  return { internal, exchange, reload, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

type Figures = ReturnType<typeof exchangeFigures>;

interface CommonParts {
  config: Config;
  log: Logger;
  store: Store;
  links: ReadonlyMap<string, Link>;
  figures: Figures;
  contact: PartnerContact;
}

/** The lanes' workers, and the reconciler that finds lanes whose trigger was lost. */
async function startLanes(
  {
    config,
    log,
    store,
    links,
    connections,
    figures,
    keyRing,
    contact,
    polls,
    remember,
  }: CommonParts & {
    connections: ReadonlyMap<string, PartnerConnection>;
    keyRing: KeyRing;
    polls: ReturnType<typeof feedSignal>;
    remember: ReturnType<typeof editionMemory>;
  },
  stack: AsyncDisposableStack,
) {
  const { database } = store;
  const stop = new AbortController();
  const owner = `${config.party.toLowerCase()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const gates = new Map([...links.keys()].map((id) => [id, new RequestGate()]));
  const partsOf = (link: Link, connection: PartnerConnection, gate: RequestGate): DrainParts => ({
    database,
    log,
    link,
    connection,
    gate,
    owner,
    stop: stop.signal,
    ping: async () =>
      (await pingWithActiveKey({ database, keyRing, issuer: config.issuer }, link, connection)).ok,
    onRequest(ref, request) {
      figures.request(ref, request);
      logRequest(log, ref, request);
      if (request.answer.kind === 'answered') contact.heard(ref.link);
      if (request.edition !== undefined) {
        remember(ref.link, request.edition).catch((error: unknown) =>
          log.warn({ err: error }, 'edition not kept'),
        );
      }
    },
  });
  const drained = await runLanes({
    place: queuePlace(config, store.connectionString),
    concurrency: [...links.values()].reduce((sum, link) => sum + link.lanes + 1, 0),
    log,
    async drain(ref) {
      const [link, connection, gate] = [links.get(ref.link), connections.get(ref.link), gates.get(ref.link)];
      // A trigger of a link that is no longer configured, or whose partner polls.
      if (!link || !connection || !gate || link.delivery === 'poll') return { ended: 'empty' };
      return drainLane(partsOf(link, connection, gate), ref);
    },
  });
  const runner = stack.use(divertLanes(drained, links, polls));
  stack.use(reconcileLanes(database, runner, log));
  const ping = (id: string): Promise<Pinged> => {
    const [link, connection] = [links.get(id), connections.get(id)];
    if (!link || !connection) throw new Error(`no connection for the link ${id}`);
    return pingWithActiveKey({ database, keyRing, issuer: config.issuer }, link, connection);
  };
  stack.use(
    runReleases({ database, log, links: [...links.values()], ping, remember, trigger: runner.trigger }),
  );
  const finish = (): Promise<void> => {
    stop.abort();
    return runner.finish();
  };
  stack.defer(finish);
  return {
    finish,
    queue: runner.queue,
    queueAwaySince: runner.queueAwaySince,
    trigger: runner.trigger,
    hurry: (ref: LaneRef) => gates.get(ref.link)?.hurry(ref.lane),
  };
}

function comparingParts(
  { config, log, store, keyRing }: CommonParts & { keyRing: KeyRing },
  trigger: ComparingParts['trigger'],
): ComparingParts {
  const { database, incarnation } = store;
  return { database, log, issuer: config.issuer, keyRing, incarnation, trigger };
}

interface ExchangeParts extends CommonParts {
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

async function exchangeListener(parts: ExchangeParts): Promise<FastifyInstance> {
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
  measureRequests(server, 'exchange', registry);
  addExchangeRoutes(server, { ...reception, links, jwks: () => keyRing.published });
  addPollRoute(server, {
    database: store.database,
    log,
    issuer: config.issuer,
    links,
    polls: parts.polls,
    onPoll: parts.onPoll,
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

interface InternalParts extends CommonParts {
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
  /** What waits for the lanes' workers. */
  queue: LaneRunner['queue'];
  /** Something urgent was accepted for this lane. */
  hurry: (ref: LaneRef) => void;
  connections: ReadonlyMap<string, PartnerConnection>;
  audit: RunningAudit;
  comparing: ComparingParts;
  gate: Comparisons['intake'];
}

async function internalListener(parts: InternalParts): Promise<FastifyInstance> {
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
    addKeyChangeRoutes(api, { config, database, links, keyRing, trigger });
    addKeyRoutes(api, { database, links, trust: parts.trust, watch: parts.watch });
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
      trigger,
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

async function listen(
  server: FastifyInstance,
  { host, port }: Listener,
  stack: AsyncDisposableStack,
): Promise<string> {
  const cutSockets = socketCutter(server.server);
  stack.defer(async () => {
    // Requests in hand had as long as the lanes; what still is not answered is cut, as a kill would.
    const cut = setTimeout(cutSockets, CLOSE_MS);
    await server.close();
    clearTimeout(cut);
  });
  const address = new URL(await server.listen({ host, port }));
  // Fastify does not know that a server made elsewhere speaks TLS.
  return `${server.server instanceof TlsServer ? 'https' : 'http'}://${address.host}`;
}
