import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { startAudit } from './audit/start-audit.ts';
import type { Config } from './config/config.ts';
import { linkPinger } from './delivery/ping-link.ts';
import { editionMemory } from './delivery/remember-edition.ts';
import { feedSignal } from './feed/await-change.ts';
import { exchangeListener } from './gateway/exchange-listener.ts';
import { internalListener } from './gateway/internal-listener.ts';
import { listen } from './gateway/listen.ts';
import { openGround } from './gateway/open-ground.ts';
import { receptionParts } from './gateway/reception-parts.ts';
import { startLanes } from './gateway/start-lanes.ts';
import { startTrust } from './keys/start-trust.ts';
import { runComparisons } from './ledger/run-comparisons.ts';
import { digestTaker } from './ledger/take-digests.ts';
import { startOperations } from './operations/start-operations.ts';
import type { PollRouteParts } from './polling/routes.ts';
import { runPolling } from './polling/run-polling.ts';
import { runReceipts } from './reception/issue-receipts.ts';
import { reconciliationHandlers } from './reconciliation/handlers.ts';
import { hashLate } from './reconciliation/kept-hashes.ts';
import { runReconciliations } from './reconciliation/run-reconciliations.ts';
import { runIndexer } from './register/search/run-indexer.ts';
import { versionsAnswerer } from './resync/answer-versions.ts';
import { runHoles } from './resync/ask-for-holes.ts';
import { runRetention } from './retention/run-retention.ts';
import { openIntake } from './submission/intake/admit-intake.ts';
import { openOutboxGauge } from './submission/intake/outbox-gauge.ts';
import { startWebhooks } from './webhooks/start-webhooks.ts';
import { watchConsumers } from './webhooks/watch-consumers.ts';

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
  const ground = await openGround(config, log, stack);
  const { trust, keyRing, links, auditKeys, store, partnerKeys, registry, contact, connections, reads } =
    ground;
  const { database } = store;
  const { party, issuer } = config;
  const common = { config, log, ...ground };
  // Who holds the leases of lanes, webhooks and polls: one id per process.
  const owner = `${party.toLowerCase()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const stopping = new AbortController();
  const stop = stopping.signal;
  const signal = feedSignal();
  const polls = feedSignal();
  const remember = editionMemory(database);
  const onPoll: PollRouteParts['onPoll'] = (link, edition) => {
    contact.heard(link);
    if (edition === undefined) return;
    remember(link, edition).catch((error: unknown) => log.warn({ err: error }, 'edition not kept'));
  };

  stack.use(runIndexer({ database, log, alsoWrite: hashLate }));
  const audit = startAudit(
    { registry, store, log, keys: auditKeys, links, connections, onFeed: signal.raise, stop },
    stack,
  );
  const lanes = await startLanes({ ...common, polls, remember, owner }, stack);
  const { trigger, queueAwaySince } = lanes;
  const issuing = {
    database,
    log,
    issuer,
    keyRing,
    links: [...links.values()],
    logName: auditKeys.log.verifier.name,
    trigger,
  };
  stack.use(runReceipts(issuing));
  stack.use(runHoles(issuing));
  stack.use(runRetention(database, config, log));
  const intake = openIntake({
    gauge: stack.use(await openOutboxGauge(database, log)),
    outboxMax: (link) => links.get(link)?.outboxMax ?? 0,
  });

  const ping = linkPinger({ database, keyRing, issuer, connections });
  const { handlers, watch, reload } = startTrust(
    { config, database, log, registry, links, keyRing, partnerKeys, trust, trigger },
    stack,
  );
  const operations = await startOperations(
    { config, database, log, links, ping, trust: watch, queueAwaySince, keyRing, registry, trigger },
    stack,
  );
  watchConsumers({ config, database, registry, links, board: operations.board });
  const reception = receptionParts(common, {
    ...handlers,
    ...reconciliationHandlers(issuing, versionsAnswerer({ ...issuing, party })),
    'ledger-digest': digestTaker(issuer, log),
  });
  const parts = { ...common, audit, stopping: stop, reception, polls, onPoll, ping };
  const exchange = await listen(await exchangeListener(parts), config.exchange, stack);
  await startWebhooks({ database, log, webhooks: config.webhooks, signal, reads, owner, stop }, stack);
  stack.use(runPolling({ ...issuing, links, connections, reception, owner, stop, onAnswer: onPoll }));

  const comparing = { database, log, issuer, keyRing, incarnation: store.incarnation, trigger };
  stack.use(runReconciliations({ ...comparing, party, links }));
  const { intake: gate } = stack.use(runComparisons({ ...comparing, links, connections }));
  const serving = { ...parts, watch, operations, signal, ...lanes, comparing, intake, gate };
  const internal = await listen(await internalListener(serving), config.internal, stack);
  // First of all when the gateway stops: while the requests in hand finish, new ones are told to come again.
  stack.defer(async () => {
    stopping.abort();
    await lanes.finish();
    // What else asks a partner (a ping, the publisher, the mirror) ends now: it would take as long again.
    await Promise.all([...connections.values()].map((connection) => connection[Symbol.asyncDispose]()));
  });
  log.info({ party, internal, exchange }, 'gateway ready');
  return { internal, exchange, reload, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
