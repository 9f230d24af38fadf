import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { PartnerConnection, PartnerReader } from '../delivery/send-sets.ts';
import { numberFeed } from '../feed/number-feed.ts';
import type { Link } from '../links/link.ts';
import { openDatabase } from '../store/database.ts';
import type { Store } from '../store/open-store.ts';
import { auditFigures } from './audit-figures.ts';
import type { AuditExchangeParts } from './exchange-routes.ts';
import type { OwnAuditKeys } from './own-audit-keys.ts';
import { partnerLog } from './partner-log.ts';
import type { Witness } from './publish-checkpoint.ts';
import { runMirror } from './run-mirror.ts';
import { compareLogs, type PublisherParts, runPublisher } from './run-publisher.ts';
import { runSequencer } from './run-sequencer.ts';

export interface AuditParts {
  registry: Registry;
  store: Store;
  log: Logger;
  keys: OwnAuditKeys;
  links: ReadonlyMap<string, Link>;
  connections: ReadonlyMap<string, PartnerConnection & PartnerReader>;
  /** Called after a commit that numbered changes of the feed. */
  onFeed(): void;
  /** Raised when the gateway stops: that a partner gives no answer then says nothing of it. */
  stop: AbortSignal;
}

/** What the two listeners need of the log. */
export interface RunningAudit extends AuditExchangeParts {
  /** Name of our logs, before the year. */
  logName: string;
}

/** Starts what keeps the log: the sequencer, the publisher of its checkpoints, the mirror of the partners' logs. */
export function startAudit(parts: AuditParts, stack: AsyncDisposableStack): RunningAudit {
  const { store, log, keys, links, connections } = parts;
  const { database } = store;
  const now = (): Date => new Date();
  const witnesses = witnessesOf(links, connections);
  auditFigures(parts.registry, database, now);
  const mirror = stack.use(runMirror({ database, log, partners: witnesses }));
  // A connection of its own: its session is what is compared, and it waits behind nobody.
  const session = stack.use(openDatabase(store.connectionString, { connectionsMax: 1, log }));
  const publishing: PublisherParts = {
    database,
    log,
    logKey: keys.log,
    witnesses,
    now,
    stop: parts.stop,
    onDiverged: () => sequencer.compareAgain(),
  };
  const publisher = stack.use(runPublisher(publishing));
  const sequencer = stack.use(
    runSequencer({
      database: session,
      log,
      logKey: keys.log,
      now,
      ...(witnesses.length === 0 ? {} : { compare: () => compareLogs(publishing) }),
      numberFeed,
      onFeed: parts.onFeed,
      onCheckpoint: () => publisher.wake(),
    }),
  );
  return {
    logName: keys.log.verifier.name,
    database,
    witnessKey: keys.witness,
    logKeys: logKeysOf(links),
    now,
    onCosigned: () => mirror.wake(),
  };
}

function witnessesOf(links: AuditParts['links'], connections: AuditParts['connections']): Witness[] {
  return [...links.values()].flatMap((link) => {
    const connection = connections.get(link.id);
    return link.audit && connection
      ? [{ link: link.id, key: link.audit.witness, partner: partnerLog(connection) }]
      : [];
  });
}

function logKeysOf(links: AuditParts['links']): AuditExchangeParts['logKeys'] {
  return new Map(
    [...links.values()].flatMap((link) => (link.audit ? [[link.id, link.audit.log] as const] : [])),
  );
}
