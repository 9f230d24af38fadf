import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Config } from '../config/config.ts';
import { readTraceEndpoint } from '../config/env.ts';
import type { LaneRef } from '../delivery/claim-lane.ts';
import type { Pinged } from '../delivery/ping-partner.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { TrustWatch } from '../keys/watch-trust.ts';
import type { Link } from '../links/link.ts';
import type { Database } from '../store/database.ts';
import { AlertBoard } from './alerts/alert-board.ts';
import { deliverNotices } from './alerts/notify/deliver-notices.ts';
import { auditAlerts } from './alerts/sources/audit-alerts.ts';
import { deliveryAlerts } from './alerts/sources/delivery-alerts.ts';
import { ledgerAlerts, reconciliationAlerts } from './alerts/sources/ledger-alerts.ts';
import { letterAlerts } from './alerts/sources/letter-alerts.ts';
import { noticeAlerts, partitionAlerts, queueAlerts } from './alerts/sources/store-alerts.ts';
import { trustAlertSource } from './alerts/sources/trust-alerts.ts';
import { watchAlerts } from './alerts/watch-alerts.ts';
import { runJobs } from './jobs/run-jobs.ts';
import { storeFigures } from './store-figures.ts';
import { followTraces } from './traces/follow-traces.ts';
import { runCounting } from './traffic/run-counting.ts';
import { pingPartners } from './watch/ping-partners.ts';

export interface OperationsParts {
  config: Config;
  database: Database;
  log: Logger;
  links: ReadonlyMap<string, Link>;
  ping(link: Link): Promise<Pinged>;
  trust: Pick<TrustWatch, 'alerts'>;
  queueAwaySince(): Date | undefined;
  keyRing: KeyRing;
  registry: Registry;
  trigger(refs: Iterable<LaneRef>): void;
}

/** What the operators' routes and other rooms need of what is started here. */
export interface RunningOperations {
  /** Other rooms add their alerts here. */
  board: AlertBoard;
  wakeJobs(): void;
}

/** Starts what watches the gateway: traffic counted by the minute, partners pinged, alerts raised and told. */
export async function startOperations(
  parts: OperationsParts,
  stack: AsyncDisposableStack,
): Promise<RunningOperations> {
  const { config, database, log, links, ping, trust, queueAwaySince } = parts;
  const board = new AlertBoard(log);
  board.add(
    deliveryAlerts({ database, links }),
    letterAlerts(database),
    ledgerAlerts(database),
    reconciliationAlerts(database),
    auditAlerts(database),
    trustAlertSource(trust),
    partitionAlerts(database),
    queueAlerts(queueAwaySince),
    noticeAlerts(database),
  );
  storeFigures({ registry: parts.registry, database, board, queueAwaySince });
  const { webhook } = config.notifications;
  stack.use(runCounting({ database, log, party: config.party, links }));
  stack.use(pingPartners({ database, log, links, ping }));
  stack.use(watchAlerts({ database, log, board, notify: webhook !== undefined }));
  if (webhook) stack.use(deliverNotices({ database, log, webhook }));
  const { party, issuer } = config;
  stack.use(await followTraces({ endpoint: readTraceEndpoint(), database, log, party }));
  const jobs = stack.use(
    runJobs({ database, log, links, party, issuer, keyRing: parts.keyRing, trigger: parts.trigger }),
  );
  return { board, wakeJobs: jobs.wake };
}
