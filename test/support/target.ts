import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { connect as connectPlain, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls, type SecureContextOptions } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { type Grant, grantAccess } from '../../src/access/grant-access.ts';
import { appendEntries } from '../../src/audit/append-entries.ts';
import { makeAuditKeys } from '../../src/audit/own-audit-keys.ts';
import { environmentForChild } from '../../src/config/env.ts';
import { findPort } from '../../src/demo/find-port.ts';
import { type CertificateFiles, makeCertificates } from '../../src/demo/make-certificates.ts';
import type { ConfigFile } from '../../src/generated/config.ts';
import { generateKey } from '../../src/keys/generate-key.ts';
import { openDatabase } from '../../src/store/database.ts';
import { makePartnerSigner, type PartnerSigner } from './partner-keys.ts';

/** Two links of the gateway under attack, each with a partner of its own. */
export const LINKS = {
  'cn-gacc': 'https://mra.customs.example',
  'cn-second': 'https://second.customs.example',
} as const;
export type LinkId = keyof typeof LINKS;
/** Our own issuer: the `aud` of what is for us. */
export const AUDIENCE = 'https://mra.cbp.example';

export type Role = 'backend' | 'reader' | 'operator' | 'auditor' | 'admin';
const ROLES: readonly Role[] = ['backend', 'reader', 'operator', 'auditor', 'admin'];

/** A gateway in a process of its own, and everything its partners have: their signing keys and certificates. */
export interface Target extends AsyncDisposable {
  internal: URL;
  exchange: URL;
  pid: number;
  folder: string;
  /** Of each partner: the key in use, one whose time is over, one whose time has not come. */
  signers: Record<LinkId, { active: PartnerSigner; retired: PartnerSigner; next: PartnerSigner }>;
  tokens: Record<Role, string>;
  /** A bare connection, on the exchange listener as the partner of that link. */
  open(listener: 'internal' | 'exchange', as?: LinkId | 'stranger'): Socket;
  /** What a client of TLS needs to speak as that partner; undefined on a listener without TLS. */
  clientTls(as?: LinkId | 'stranger'): SecureContextOptions | undefined;
  /** How the process ended, if it did. */
  ended(): string | undefined;
  log(): Promise<string>;
}

export interface TargetOptions {
  folder: string;
  /** PostgreSQL; migrated by the gateway. */
  databaseUrl: string;
  /** Mutual TLS on the exchange listener. */
  tls: boolean;
  /** Modules that Node loads before the gateway: how a test build differs from the product. */
  preload?: readonly string[];
  logLevel?: 'error' | 'trace';
  limits?: ConfigFile['limits'];
}

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const DAY_S = 86_400;

/** Starts a gateway of the American side with two links, and waits until both listeners are there. */
export async function startTarget(options: TargetOptions): Promise<Target> {
  const { folder } = options;
  await mkdir(folder, { recursive: true });
  const signers = { 'cn-gacc': await makeSigners('a'), 'cn-second': await makeSigners('b') };
  const certificates = options.tls ? await makeAllCertificates(folder) : undefined;
  const ports = { internal: await findPort(0), exchange: await findPort(0) };
  await writeConfig(options, ports, signers, certificates);
  const { child, ended, log } = await spawnGateway(options);
  const internal = new URL(`http://127.0.0.1:${ports.internal}`);
  const exchange = new URL(`${certificates ? 'https' : 'http'}://127.0.0.1:${ports.exchange}`);
  try {
    await untilReady(internal, ended);
    const tokens = await grantAll(options.databaseUrl);
    const clients = certificates && (await readClients(certificates));
    return {
      internal,
      exchange,
      pid: child.pid ?? 0,
      folder,
      signers,
      tokens,
      open(listener, as = 'cn-gacc') {
        const { hostname: host, port } = listener === 'internal' ? internal : exchange;
        const tls = listener === 'exchange' ? clients?.[as] : undefined;
        return tls ? connectTls({ host, port: Number(port), ...tls }) : connectPlain(Number(port), host);
      },
      clientTls: (as = 'cn-gacc') => clients?.[as],
      ended,
      log: () => readFile(log, 'utf8'),
      [Symbol.asyncDispose]: () => stop(child, ended),
    };
  } catch (cause) {
    await stop(child, ended);
    throw new Error(`the gateway did not come up: ${(await readFile(log, 'utf8')).slice(-2_000)}`, { cause });
  }
}

async function makeSigners(prefix: string) {
  const now = Math.floor(Date.now() / 1000);
  return {
    active: await makePartnerSigner(`${prefix}-2026`),
    retired: await makePartnerSigner(`${prefix}-2025`, { exp: now - 30 * DAY_S }),
    next: await makePartnerSigner(`${prefix}-2027`, { nbf: now + 30 * DAY_S }),
  };
}

type Certificates = Record<LinkId | 'own' | 'stranger', CertificateFiles>;

async function makeAllCertificates(folder: string): Promise<Certificates> {
  const make = (name: string, issuer: string) => makeCertificates(join(folder, name), issuer);
  return {
    own: await make('own', AUDIENCE),
    'cn-gacc': await make('gacc', LINKS['cn-gacc']),
    'cn-second': await make('second', LINKS['cn-second']),
    // An authority that nobody pinned, for the partner's name.
    stranger: await make('stranger', LINKS['cn-gacc']),
  };
}

async function readClients(
  certificates: Certificates,
): Promise<Record<LinkId | 'stranger', SecureContextOptions>> {
  const ca = await readFile(certificates.own.ca);
  const client = async ({ cert, key }: CertificateFiles) => ({
    ca,
    cert: await readFile(cert),
    key: await readFile(key),
  });
  return {
    'cn-gacc': await client(certificates['cn-gacc']),
    'cn-second': await client(certificates['cn-second']),
    stranger: await client(certificates.stranger),
  };
}

async function writeConfig(
  { folder, logLevel = 'error', limits = {} }: TargetOptions,
  ports: { internal: number; exchange: number },
  signers: Target['signers'],
  certificates: Certificates | undefined,
): Promise<void> {
  await generateKey({ party: 'US', alg: 'ES256', directory: join(folder, 'private'), now: new Date() });
  makeAuditKeys(join(folder, 'private'), AUDIENCE);
  // Without TLS nothing but a message's own word tells one partner from the other: one link, so that it need not.
  const ids = (Object.keys(LINKS) as LinkId[]).slice(0, certificates ? undefined : 1);
  for (const id of ids) {
    const keys = Object.values(signers[id]).map(({ publicJwk }) => publicJwk);
    await writeFile(join(folder, `${id}.jwks.json`), JSON.stringify({ keys }));
  }
  const host = '127.0.0.1';
  const config: ConfigFile = {
    party: 'US',
    issuer: AUDIENCE,
    dataDir: 'data',
    keys: { private: 'private' },
    internal: { host, port: ports.internal },
    exchange: {
      host,
      port: ports.exchange,
      ...(certificates ? { tls: { cert: certificates.own.cert, key: certificates.own.key } } : {}),
    },
    limits,
    log: { level: logLevel },
    links: ids.map((id) => ({
      id,
      partner: 'CN',
      issuer: LINKS[id],
      // Nobody is there: what is owed to the partner waits.
      exchangeUrl: `${certificates ? 'https' : 'http'}://127.0.0.1:9`,
      jwks: `${id}.jwks.json`,
      ...(certificates ? { tls: { ca: certificates[id].ca } } : {}),
    })),
  };
  await writeFile(join(folder, 'mra.config.json'), JSON.stringify(config, null, 2));
}

async function spawnGateway({ folder, databaseUrl, preload = [] }: TargetOptions) {
  const log = join(folder, 'gateway.log');
  const file = await open(log, 'w', 0o600);
  const imports = preload.flatMap((module) => ['--import', module]);
  const child = spawn(
    process.execPath,
    [...imports, CLI, 'serve', '--config', join(folder, 'mra.config.json')],
    {
      stdio: ['ignore', file.fd, file.fd],
      env: { ...environmentForChild(), DATABASE_URL: databaseUrl },
    },
  );
  await file.close();
  let how: string | undefined;
  child.once('error', (error) => {
    how = error.message;
  });
  child.once('exit', (code, signal) => {
    how = signal === null ? `it ended with ${code}` : `it was ended by ${signal}`;
  });
  return { child, log, ended: () => how };
}

async function untilReady(internal: URL, ended: () => string | undefined): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  const ready = new URL('/health/ready', internal);
  while (Date.now() < deadline && ended() === undefined) {
    if (
      await fetch(ready).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await delay(50);
  }
  throw new Error(ended() ?? 'it is not ready in time');
}

async function grantAll(databaseUrl: string): Promise<Record<Role, string>> {
  await using database = openDatabase(databaseUrl, { connectionsMax: 1 });
  const granted: [Role, string][] = [];
  for (const role of ROLES) {
    const grant: Grant = { name: `target-${role}`, role, purpose: 'support' };
    granted.push([role, (await grantAccess(database, appendEntries, grant, 'test', new Date())).token]);
  }
  return Object.fromEntries(granted) as Record<Role, string>;
}

async function stop(child: ChildProcess, ended: () => string | undefined): Promise<void> {
  if (ended() !== undefined) return;
  child.kill('SIGTERM');
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (ended() === undefined && Date.now() < deadline) await delay(20);
  if (ended() === undefined) child.kill('SIGKILL');
}
