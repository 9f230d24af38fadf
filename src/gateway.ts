import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { ReadLog } from './access/record-reads.ts';
import { appendEntries } from './audit/append-entries.ts';
import { loadAuditKeys } from './audit/own-audit-keys.ts';
import { startAudit } from './audit/start-audit.ts';
import type { Config } from './config/config.ts';
import { lanesOf } from './delivery/lane-of.ts';
import { linkPinger } from './delivery/ping-link.ts';
import { editionMemory } from './delivery/remember-edition.ts';
import { connectPartner } from './delivery/send-sets.ts';
import { eraseAgain } from './erasure/erase-enterprise.ts';
import { feedSignal } from './feed/await-change.ts';
import { exchangeListener } from './gateway/exchange-listener.ts';
import { internalListener } from './gateway/internal-listener.ts';
import { listen } from './gateway/listen.ts';
import { startLanes } from './gateway/start-lanes.ts';
import { activateKeys } from './keys/activate-keys.ts';
import { LiveKeyRing } from './keys/live-key-ring.ts';
import { PartnerKeyRing } from './keys/partner-key-ring.ts';
import { startTrust } from './keys/start-trust.ts';
import { runComparisons } from './ledger/run-comparisons.ts';
import { digestTaker } from './ledger/take-digests.ts';
import { PartnerContact } from './links/note-contact.ts';
import { openLinks } from './links/open-links.ts';
import { exchangeFigures } from './operations/figures.ts';
import { partitionFigure } from './operations/partition-figure.ts';
import { startOperations } from './operations/start-operations.ts';
import { ensureLanes } from './operations/steer-lane.ts';
import type { PollRouteParts } from './polling/routes.ts';
import { runPolling } from './polling/run-polling.ts';
import type { OwnMessageHandlers } from './reception/handle-own-messages.ts';
import { runReceipts } from './reception/issue-receipts.ts';
import type { ReceptionParts } from './reception/receive-sets.ts';
import { reconciliationHandlers } from './reconciliation/handlers.ts';
import { hashLate } from './reconciliation/kept-hashes.ts';
import { mendRepeated } from './reconciliation/mend-repeated.ts';
import { runReconciliations } from './reconciliation/run-reconciliations.ts';
import { runIndexer } from './register/search/run-indexer.ts';
import { versionsAnswerer } from './resync/answer-versions.ts';
import { runHoles } from './resync/ask-for-holes.ts';
import { runRetention } from './retention/run-retention.ts';
import { openStore } from './store/open-store.ts';
import { storeConfig } from './store/store-config.ts';
import { openIntake } from './submission/intake/admit-intake.ts';
import { openOutboxGauge } from './submission/intake/outbox-gauge.ts';
import { openTrust } from './tls/open-trust.ts';
import { consumerAlerts, pollingAlerts } from './webhooks/consumer-alerts.ts';
import { consumerFigures } from './webhooks/consumer-figures.ts';
import { startWebhooks } from './webhooks/start-webhooks.ts';
/** A running gateway: one process of one side. */
export interface Gateway extends AsyncDisposable {
  /** Base addresses of the two listeners, with the ports that were taken. */
  internal: string;
  exchange: string;
  /** Reads keys and certificates again, as happens by itself when their files change. */
  reload(): Promise<boolean>;
}

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
  const contact = stack.use(new PartnerContact(store.database, log));
  await contact.exchange();
  const connections = new Map(
    [...links.values()].map((link) => {
      const connection = connectPartner(link, trust, () => contact.noticed(link.id));
      return [link.id, stack.use(connection)];
    }),
  );
  const reads = stack.use(new ReadLog(store.database, appendEntries, { log }));
  await reads.beSeen();
  stack.use(runIndexer({ database: store.database, log, alsoWrite: hashLate }));
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
  // Who holds the leases of lanes, webhooks and polls: one id per process.
  const owner = `${config.party.toLowerCase()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const lanes = await startLanes(
    { config, log, store, links, connections, figures, keyRing, contact, polls, remember, owner },
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
  consumerFigures(
    registry,
    database,
    config.webhooks.map(({ name }) => name),
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
    mend: (tx, link, messages, now) => mendRepeated(tx, config.party, link, messages, now),
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
  await startWebhooks(
    { database, log, webhooks: config.webhooks, signal, reads, owner, stop: stopping.signal },
    stack,
  );
  stack.use(
    runPolling({ ...issuing, links, connections, reception, owner, stop: stopping.signal, onAnswer: onPoll }),
  );
  const comparing = {
    database,
    log,
    issuer: config.issuer,
    keyRing,
    incarnation: store.incarnation,
    trigger,
  };
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
