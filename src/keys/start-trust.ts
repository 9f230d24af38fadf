import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Config } from '../config/config.ts';
import type { LaneRef } from '../delivery/claim-lane.ts';
import type { Link } from '../links/link.ts';
import { reloadLinks, trustFiles } from '../links/reload-links.ts';
import { watchFiles } from '../links/watch-files.ts';
import type { OwnMessageHandlers } from '../reception/handle-own-messages.ts';
import type { Database } from '../store/database.ts';
import type { LiveTrust } from '../tls/live-trust.ts';
import type { LiveKeyRing } from './live-key-ring.ts';
import type { PartnerKeyRing } from './partner-key-ring.ts';
import { revokedReissuer } from './reissue-revoked.ts';
import { rotationHandlers } from './rotation-handlers.ts';
import { runKeyLife } from './run-key-life.ts';
import { type Reloading, type TrustWatch, watchTrust } from './watch-trust.ts';

export interface TrustParts {
  config: Config;
  database: Database;
  log: Logger;
  registry: Registry;
  links: ReadonlyMap<string, Link>;
  keyRing: LiveKeyRing;
  partnerKeys: PartnerKeyRing;
  trust: LiveTrust | undefined;
  trigger(refs: Iterable<LaneRef>): void;
}

/** What keeps the trust of a running gateway up to date. */
export interface RunningTrust {
  /** What the gateways' messages about keys do. */
  handlers: OwnMessageHandlers;
  watch: TrustWatch;
  /** Reads keys and certificates again, as happens by itself when their files change. */
  reload(): Promise<boolean>;
}

/** Starts what follows keys and certificates: in the store, in their files, and by the calendar. */
export function startTrust(parts: TrustParts, stack: AsyncDisposableStack): RunningTrust {
  const { config, database, log, registry, links, keyRing, partnerKeys, trust, trigger } = parts;
  const ids = [...links.keys()];
  // One key signs for every link: it retires when the partner has had its time that is given the most.
  const overlapMs = Math.max(0, ...config.links.map((link) => link.overlapMs));
  const { party, issuer } = config;
  const reissue = revokedReissuer({ database, log, party, issuer, keyRing, links, trigger });
  const life = stack.use(runKeyLife({ database, log, keyRing, partnerKeys, links: ids, overlapMs, reissue }));
  const changed = (): void => void life.look();
  const reloading: Reloading = {};
  const reload = () => reloadLinks({ config, log, keyRing, trust, partnerKeys, reloading });
  const published = () => keyRing.published;
  const watch = stack.use(watchTrust({ database, log, registry, links, published, trust, reloading }));
  stack.use(watchFiles(() => trustFiles(config), reload));
  return {
    handlers: rotationHandlers({ issuer, keyRing, links: ids, trigger, changed }),
    watch,
    reload,
  };
}
