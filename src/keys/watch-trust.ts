import type { Logger } from 'pino';
import { Gauge, type Registry } from 'prom-client';
import type { Link } from '../links/link.ts';
import type { Database } from '../store/database.ts';
import type { LiveTrust } from '../tls/live-trust.ts';
import { listOwnKeys } from './own-keys.ts';
import { listPartnerKeyRows } from './partner-key-rows.ts';
import type { PublicJwks } from './public-jwks.ts';
import { expiryStep, listExpiries, type TrustAlert, type TrustFacts, trustAlerts } from './trust-alerts.ts';
import { trustFigures } from './trust-figures.ts';

/** Whether files that changed were taken; set by who reads them again. */
export interface Reloading {
  failure?: TrustFacts['reloadFailure'];
}

export interface TrustWatchParts {
  database: Pick<Database, 'query'>;
  log: Logger;
  registry: Registry;
  links: ReadonlyMap<string, Link>;
  /** Our public key set. */
  published(): PublicJwks;
  trust: LiveTrust | undefined;
  reloading: Reloading;
}

export interface TrustWatch extends AsyncDisposable {
  /** What stands against keys and certificates now; for lists of alerts. */
  alerts(): Promise<TrustAlert[]>;
}

/** Days count here, so a minute is soon. */
const INTERVAL_MS = 60_000;

/** Tells of what expires: as metrics, in the log once for each step of days, and as alerts to who asks. */
export function watchTrust(parts: TrustWatchParts): TrustWatch {
  const gauge = new Gauge({
    name: 'mra_trust_expiry_timestamp_seconds',
    help: 'When a certificate or key that trust rests on expires, seconds since 1970',
    labelNames: ['kind', 'name', 'link'],
    registers: [parts.registry],
  });
  trustFigures(parts.registry, () => readFacts(parts));
  const told = new Map<string, number>();
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    try {
      tell(await readFacts(parts), parts.log, gauge, told);
    } catch (error) {
      if (!stopped) parts.log.warn({ err: error }, 'trust: expiry not looked at, next try in a minute');
    }
    if (!stopped) timer = setTimeout(start, INTERVAL_MS);
  };
  const start = (): void => {
    looking = look();
  };
  start();
  return {
    alerts: async () => trustAlerts(await readFacts(parts), new Date()),
    async [Symbol.asyncDispose]() {
      stopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

async function readFacts(parts: TrustWatchParts): Promise<TrustFacts> {
  const { database, links, published, trust, reloading } = parts;
  const [ownKeys, partnerKeys] = await Promise.all([listOwnKeys(database), listPartnerKeyRows(database)]);
  return {
    ownKeys,
    partnerKeys,
    ownEncryption: published().keys.flatMap(({ use, kid, exp }) =>
      use === 'enc' ? [{ kid, ...(exp === undefined ? {} : { notAfter: new Date(exp * 1_000) }) }] : [],
    ),
    links: [...links.values()],
    reloadFailure: reloading.failure,
    ...(trust
      ? {
          tls: {
            own: trust.current.own.leaf,
            authorities: [...trust.current.partners].map(([link, { authorities }]) => ({
              link,
              certificates: authorities,
            })),
            seen: trust.seen,
          },
        }
      : {}),
  };
}

/** The message of an expiry is logged when a step is reached, not every minute. */
function tell(
  facts: TrustFacts,
  log: Logger,
  gauge: Gauge<'kind' | 'name' | 'link'>,
  told: Map<string, number>,
): void {
  const now = new Date();
  gauge.reset();
  const messages = new Map(trustAlerts(facts, now).map((alert) => [`${alert.subject} ${alert.link}`, alert]));
  for (const { kind, name, link, at } of listExpiries(facts)) {
    gauge.set({ kind, name, link: link ?? '' }, at.getTime() / 1_000);
    const step = expiryStep(at, now);
    const subject = `${kind} ${name}`;
    const key = `${subject} ${link} ${at.getTime()}`;
    if (step === undefined || told.get(key) === step) continue;
    told.set(key, step);
    const alert = messages.get(`${subject} ${link}`);
    if (alert) log[alert.severity === 'critical' ? 'error' : 'warn']({ link, expiry: at }, alert.message);
  }
}
