import { env as processEnv } from 'node:process';

/** What the environment says; everything else is in the configuration file. */
export interface Environment {
  /** MRA_CONFIG */
  configFile?: string;
  /** The settings that the environment replaces. */
  overrides: Override[];
}

/** A setting given by the environment: it goes before the file and is checked like it. */
export interface Override {
  variable: string;
  /** Members that lead to the setting. */
  path: readonly string[];
  value: string | number;
}

interface Setting {
  variable: string;
  path: readonly string[];
  /** A number where the schema wants one. */
  numeric?: true;
}

/** Every variable that replaces a setting, for docs/configuration.md too. */
export const ENVIRONMENT_SETTINGS: readonly Setting[] = [
  { variable: 'DATABASE_URL', path: ['database', 'url'] },
  { variable: 'DATABASE_URL_FILE', path: ['database', 'urlFile'] },
  { variable: 'MRA_QUEUE_URL', path: ['queue', 'url'] },
  { variable: 'MRA_QUEUE_URL_FILE', path: ['queue', 'urlFile'] },
  { variable: 'MRA_KEYS_PASSPHRASE', path: ['keys', 'passphrase'] },
  { variable: 'MRA_KEYS_PASSPHRASE_FILE', path: ['keys', 'passphraseFile'] },
  { variable: 'MRA_DATA_DIR', path: ['dataDir'] },
  { variable: 'MRA_INTERNAL_HOST', path: ['internal', 'host'] },
  { variable: 'MRA_INTERNAL_PORT', path: ['internal', 'port'], numeric: true },
  { variable: 'MRA_EXCHANGE_HOST', path: ['exchange', 'host'] },
  { variable: 'MRA_EXCHANGE_PORT', path: ['exchange', 'port'], numeric: true },
  { variable: 'MRA_LOG_LEVEL', path: ['log', 'level'] },
];

/** Reads the environment; the only place that does. A variable set to nothing counts as not set. */
export function readEnvironment(env: Record<string, string | undefined> = processEnv): Environment {
  const overrides: Override[] = [];
  for (const { variable, path, numeric } of ENVIRONMENT_SETTINGS) {
    const text = env[variable];
    if (text === undefined || text === '') continue;
    // What is no number stays text, so that the schema refuses it.
    overrides.push({ variable, path, value: numeric && /^\d{1,9}$/.test(text) ? Number(text) : text });
  }
  return { ...(env.MRA_CONFIG ? { configFile: env.MRA_CONFIG } : {}), overrides };
}

/** For a gateway started with a configuration file of its own: without what would replace settings of that file. */
export function environmentForChild(
  env: Record<string, string | undefined> = processEnv,
): Record<string, string | undefined> {
  const own = new Set(['MRA_CONFIG', ...ENVIRONMENT_SETTINGS.map(({ variable }) => variable)]);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !own.has(name)));
}

/** Where the operator's commands find a gateway, and the token they show it. */
export interface ApiAccess {
  /** MRA_API, base address of the internal listener. */
  url: string;
  /** MRA_TOKEN; never on a command line, where other users of the machine could read it. */
  token: string | undefined;
}

export function readApiAccess(env: Record<string, string | undefined> = processEnv): ApiAccess {
  return {
    url: (env.MRA_API || 'http://127.0.0.1:8701').replace(/\/+$/, ''),
    token: env.MRA_TOKEN || undefined,
  };
}

/**
 * Where traces go, as every program that speaks OpenTelemetry reads it: OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, or
 * OTEL_EXPORTER_OTLP_ENDPOINT with `/v1/traces` behind it. Undefined: nowhere.
 */
export function readTraceEndpoint(env: Record<string, string | undefined> = processEnv): string | undefined {
  const base = env.OTEL_EXPORTER_OTLP_ENDPOINT?.replace(/\/+$/, '');
  return env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || (base ? `${base}/v1/traces` : undefined);
}

/** MRA_PKCS11_PIN: what opens the tokens that hold keys of ours; undefined where it stands in files, or there is none. */
export function readPkcs11Pin(env: Record<string, string | undefined> = processEnv): string | undefined {
  return env.MRA_PKCS11_PIN || undefined;
}
