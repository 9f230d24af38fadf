import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { LinkPolicy } from '../contract/check-context.ts';
import type { Party } from '../contract/party.ts';
import type { RetryPolicy } from '../delivery/back-off.ts';
import type { Algorithm } from '../envelope/algorithms.ts';
import { JsonError } from '../envelope/json-error.ts';
import { isJsonObject, parseStrictJson } from '../envelope/parse-strict-json.ts';
import type {
  ConfigFile,
  IdentityProviderSettings,
  LinkSettings,
  WebhookSettings,
} from '../generated/config.ts';
import { type RecognitionTable, recognitionTable } from '../recognition/recognition-table.ts';
import type { OwnCertificateFiles } from '../tls/own-certificate.ts';
import type { PartnerTrustSettings } from '../tls/partner-trust.ts';
import { checkKeyFiles, type KeyFiles } from './check-key-files.ts';
import { checkMeaning } from './check-meaning.ts';
import { checkShape } from './check-shape.ts';
import { checkTlsFiles } from './check-tls-files.ts';
import { ConfigError, type ConfigFault } from './config-error.ts';
import { type Environment, type Override, readEnvironment } from './env.ts';
import { readSecretFiles, readWebhookSecrets } from './secret-files.ts';
import { Secret } from './secrets.ts';

/** The configuration as the gateway uses it: checked, complete, with absolute paths. */
export interface Config {
  /** The file it came from. */
  file: string;
  party: Party;
  issuer: string;
  dataDir: string;
  /** The list of erasures, outside of every backup. */
  erasureList: string;
  /** No url: the embedded PostgreSQL in dataDir. */
  database: { url?: Secret };
  /** No url: on the database. */
  queue: { url?: Secret };
  keys: { private: string; passphrase?: Secret; postQuantum: boolean };
  internal: Listener;
  /** Without `tls`, plain HTTP on this machine. */
  exchange: Listener & { tls?: OwnCertificateFiles };
  access: { identityProvider?: IdentityProviderConfig };
  limits: ListenerLimits;
  log: { level: LogLevel };
  retention: Retention;
  /** Who is told of alerts, beside the log. */
  notifications: { webhook?: { url: string; secret: Secret } };
  webhooks: WebhookConfig[];
  links: LinkConfig[];
}

/** An own back end that is called with the partner's messages. */
export interface WebhookConfig {
  name: string;
  url: string;
  purpose: WebhookSettings['purpose'];
  link: string;
  types: readonly NonNullable<WebhookSettings['types']>[number][];
  from: NonNullable<WebhookSettings['from']>;
  /** The first signs alone, or both do while one takes the place of the other. */
  secrets: readonly Secret[];
  /** PEM file. */
  ca?: string;
  pauseAfterMs: number;
}

/** How long is kept what is no evidence. */
export interface Retention {
  attemptDays: number;
  accessLogDays: number;
  comparisonDays: number;
  /** Absent: messages are kept for ever. */
  messageMonths?: number | undefined;
}

export interface Listener {
  host: string;
  /** 0 takes a free one. */
  port: number;
}

/** Per process; see docs/limits.md. */
export interface ListenerLimits {
  internalRequestsPerSecond: number;
  exchangeRequestsPerSecond: number;
  internalConnections: number;
  exchangeConnections: number;
}

export interface IdentityProviderConfig {
  issuer: string;
  audience: string;
  algorithms: readonly string[];
  scopePrefix: string;
  lifetimeMsMax: number;
  /** Where its public keys are. */
  keys: { file: string } | { url: string };
}

export type LogLevel = NonNullable<NonNullable<ConfigFile['log']>['level']>;

export interface LinkConfig {
  id: string;
  partner: Party;
  issuer: string;
  /** Base address without a slash at its end. */
  exchangeUrl: string;
  /** File of the partner's pinned keys. */
  jwks: string;
  /** By what its certificate is known; there is one for every link when `exchange.tls` is set, else for none. */
  tls?: PartnerTrustSettings;
  /** File of the partner's audit keys; absent where the logs are not cross-witnessed. */
  auditKeys?: string;
  lanes: number;
  algorithms: Algorithm[];
  delivery: NonNullable<LinkSettings['delivery']>;
  reception: NonNullable<LinkSettings['reception']>;
  rotation: NonNullable<LinkSettings['rotation']>;
  /** How long a key of ours that signs no more stays retiring for this partner. */
  overlapMs: number;
  encryption: NonNullable<LinkSettings['encryption']>;
  skewMs: number;
  retentionMs: number;
  batchSetsMax: number;
  batchBytesMax: number;
  /** Messages that may wait for the partner before intake refuses more. */
  outboxMax: number;
  retry: RetryPolicy;
  profile: 'mra' | 'rfc8935';
  receipts: 'required' | 'none';
  recognition: RecognitionTable;
  policy: LinkPolicy;
}

export interface ConfigSource {
  /** `--config`; before MRA_CONFIG and `mra.config.json` in the current folder. */
  file?: string | undefined;
  env?: Environment;
  keyFiles?: KeyFiles;
}

const DEFAULT_FILE = 'mra.config.json';
const DAY_MS = 24 * 60 * 60 * 1000;
const limits = { depthMax: 16, membersMax: 10_000 };

/**
 * Reads the configuration: file, then environment, then defaults.
 *
 * @throws {ConfigError} with every fault at once
 */
export async function loadConfig(source: ConfigSource = {}): Promise<Config> {
  const { env = readEnvironment(), keyFiles = 'required' } = source;
  const file = resolve(source.file ?? env.configFile ?? DEFAULT_FILE);
  const folder = dirname(file);
  const draft = withOverrides(readDraft(file), env.overrides);
  const faults = [
    ...readSecretFiles(draft, folder),
    ...readWebhookSecrets(draft, folder),
    ...checkShape(draft),
    ...checkMeaning(draft),
    ...(await checkKeyFiles(draft, folder, keyFiles)),
    ...checkTlsFiles(draft, folder, keyFiles),
  ];
  if (faults.length > 0) throw new ConfigError(file, named(faults, env.overrides));
  return resolved(draft as Filled<ConfigFile>, file, folder);
}

function readDraft(file: string): unknown {
  try {
    return parseStrictJson(readFileSync(file), limits);
  } catch (cause) {
    if (cause instanceof JsonError) {
      throw new ConfigError(file, [{ pointer: cause.pointer ?? '', message: cause.message }], { cause });
    }
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    const message =
      code === 'ENOENT'
        ? 'does not exist. Name the file with --config or MRA_CONFIG; examples/config shows two'
        : `cannot be read (${code})`;
    throw new ConfigError(file, [{ pointer: '', message }], { cause });
  }
}

function withOverrides(draft: unknown, overrides: readonly Override[]): unknown {
  if (!isJsonObject(draft)) return draft;
  for (const { path, value } of overrides) {
    let parent: Record<string, unknown> = draft;
    for (const name of path.slice(0, -1)) {
      const child = parent[name];
      const next: Record<string, unknown> = isJsonObject(child) ? child : {};
      parent[name] = next;
      parent = next;
    }
    const last = path.at(-1);
    if (last === undefined) continue;
    parent[last] = value;
    // An address and the file of one are two ways to give one setting.
    const other = last === 'url' ? 'urlFile' : last === 'urlFile' ? 'url' : undefined;
    if (other && !overrides.some((o) => o.path[0] === path[0] && o.path.at(-1) === other))
      delete parent[other];
  }
  return draft;
}

/** Says where a wrong setting came from if it was not the file. */
function named(faults: readonly ConfigFault[], overrides: readonly Override[]): ConfigFault[] {
  return faults.map(({ pointer, message }) => {
    const override = overrides.find(({ path }) => `/${path.join('/')}` === pointer);
    return { pointer, message: override ? `${message} (given by ${override.variable})` : message };
  });
}

/** What the schema's defaults make of the type of the file. */
type Filled<T> = T extends (infer E)[]
  ? Filled<E>[]
  : T extends object
    ? { [K in keyof T]-?: Filled<T[K]> }
    : T;

function resolved(draft: Filled<ConfigFile>, file: string, folder: string): Config {
  const { party, issuer, internal, limits, log } = draft;
  // The settings without a default.
  const database: string | undefined = draft.database.url;
  const queue: string | undefined = draft.queue.url;
  const passphrase: string | undefined = draft.keys.passphrase;
  const retention: Retention = draft.retention;
  const { tls, ...exchange }: Listener & { tls?: OwnCertificateFiles } = draft.exchange;
  return {
    file,
    party,
    issuer,
    dataDir: resolve(folder, draft.dataDir),
    erasureList: resolve(folder, draft.erasureList),
    database: database === undefined ? {} : { url: new Secret(database) },
    queue: queue === undefined ? {} : { url: new Secret(queue) },
    keys: {
      private: resolve(folder, draft.keys.private),
      ...(passphrase === undefined ? {} : { passphrase: new Secret(passphrase) }),
      postQuantum: draft.keys.postQuantum,
    },
    internal,
    exchange: tls
      ? { ...exchange, tls: { cert: resolve(folder, tls.cert), key: resolve(folder, tls.key) } }
      : exchange,
    access: resolvedAccess(draft.access.identityProvider, folder),
    limits,
    log,
    retention,
    notifications: resolvedNotifications(draft.notifications),
    webhooks: draft.webhooks.map((webhook) => resolvedWebhook(webhook, draft.links, folder)),
    links: draft.links.map((link) => resolvedLink(link, folder, draft.keys.overlapDays)),
  };
}

/** Both or none, as check-meaning.ts made sure. */
function resolvedNotifications(settings: NonNullable<ConfigFile['notifications']>): Config['notifications'] {
  const { webhookUrl, webhookSecret } = settings;
  if (webhookUrl === undefined || webhookSecret === undefined) return {};
  return { webhook: { url: webhookUrl, secret: new Secret(webhookSecret) } };
}

function resolvedAccess(
  settings: Filled<IdentityProviderSettings> | undefined,
  folder: string,
): Config['access'] {
  if (settings === undefined) return {};
  const { issuer, audience, algorithms, scopePrefix, lifetimeMinutesMax } = settings;
  // One of the two, as check-meaning.ts made sure.
  const { jwks, jwksUrl }: IdentityProviderSettings = settings;
  const keys = jwksUrl === undefined ? { file: resolve(folder, jwks ?? '') } : { url: jwksUrl };
  const lifetimeMsMax = lifetimeMinutesMax * 60_000;
  return { identityProvider: { issuer, audience, algorithms, scopePrefix, lifetimeMsMax, keys } };
}

function resolvedWebhook(
  settings: Filled<WebhookSettings>,
  links: readonly { id: string }[],
  folder: string,
): WebhookConfig {
  const { name, url, purpose, types, from, pauseAfterMinutes } = settings;
  // Settings without a default; check-meaning.ts made sure of the link, secret-files.ts of the secrets.
  const { link = links[0]?.id ?? '', secrets = [], ca }: WebhookSettings = settings;
  return {
    name,
    url,
    purpose,
    link,
    types,
    from,
    secrets: secrets.map((secret) => new Secret(secret)),
    ...(ca === undefined ? {} : { ca: resolve(folder, ca) }),
    pauseAfterMs: pauseAfterMinutes * 60_000,
  };
}

function resolvedLink(link: Filled<LinkSettings>, folder: string, keyOverlapDays: number): LinkConfig {
  const {
    skewSeconds,
    retentionDays,
    tls,
    overlapDays: _,
    ...rest
  }: Omit<Filled<LinkSettings>, 'tls'> & TlsOf = link;
  // Settings without a default.
  const { auditKeys, overlapDays = keyOverlapDays }: LinkSettings = link;
  return {
    ...rest,
    exchangeUrl: link.exchangeUrl.replace(/\/+$/, ''),
    jwks: resolve(folder, link.jwks),
    ...(tls ? { tls: resolvedTrust(tls, link.issuer, folder) } : {}),
    ...(auditKeys === undefined ? {} : { auditKeys: resolve(folder, auditKeys) }),
    recognition: recognitionTable(link.recognition),
    overlapMs: overlapDays * DAY_MS,
    skewMs: skewSeconds * 1000,
    retentionMs: retentionDays * DAY_MS,
  };
}

type TlsOf = Pick<LinkSettings, 'tls'>;

function resolvedTrust(
  { ca, name, spki }: NonNullable<LinkSettings['tls']>,
  issuer: string,
  folder: string,
): PartnerTrustSettings {
  return {
    name: name ?? new URL(issuer).hostname,
    ...(ca === undefined ? {} : { ca: resolve(folder, ca) }),
    ...(spki === undefined ? {} : { spki }),
  };
}
