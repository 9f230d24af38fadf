/** One server of the queue. */
export interface QueueHost {
  host: string;
  port: number;
}

/** Where the queue on Redis or Valkey is. Holds the password: never logged. */
export interface QueueAddress {
  /** One server; whichever server the sentinels name; or a cluster known by some of its nodes. */
  kind: 'single' | 'sentinel' | 'cluster';
  tls: boolean;
  hosts: readonly QueueHost[];
  /** The name under which the sentinels know the master. */
  master?: string;
  /** Number of the database; a cluster has only 0. */
  db: number;
  username?: string;
  password?: string;
}

const SCHEMES = ['redis', 'redis-sentinel', 'redis-cluster'] as const;
const REDIS_PORT = 6379;
const SENTINEL_PORT = 26_379;
const DB_MAX = 1_000_000;

/**
 * Reads `queue.url`; `rediss` in place of `redis` speaks TLS.
 * - `redis://[user:password@]host[:6379][/db]`
 * - `redis-sentinel://[user:password@]host[:26379][,host…]/master[/db]`
 * - `redis-cluster://[user:password@]host[:6379][,host…]`
 *
 * @returns the address, or what is wrong with it, without quoting it
 */
export function readQueueAddress(text: string): QueueAddress | { fault: string } {
  const parts = /^(rediss?)((?:-sentinel|-cluster)?):\/\/(?:([^@/]*)@)?([^/?#]+)(?:\/([^?#]*))?$/.exec(text);
  if (!parts) {
    return {
      fault: `must be ${SCHEMES.map((scheme) => `${scheme}://`).join(', ')} (or rediss…), servers, and a path`,
    };
  }
  const [, protocol, variant, login, servers = '', path = ''] = parts;
  const kind = variant === '-sentinel' ? 'sentinel' : variant === '-cluster' ? 'cluster' : 'single';
  const hosts = servers.split(',').map((server) => readHost(server, kind));
  const credentials = readLogin(login);
  const place = readPath(kind, path);
  if (hosts.includes(undefined)) return { fault: 'names a server that is not host or host:port' };
  if (kind === 'single' && hosts.length > 1) return { fault: 'names more than one server for redis://' };
  if (!credentials) return { fault: 'has a user or password that is not percent-encoded' };
  if ('fault' in place) return place;
  return {
    kind,
    tls: protocol === 'rediss',
    hosts: hosts.filter((host) => host !== undefined),
    ...place,
    ...credentials,
  };
}

function readHost(text: string, kind: QueueAddress['kind']): QueueHost | undefined {
  const parts = /^(\[[0-9a-fA-F:]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/.exec(text);
  if (!parts?.[1]) return undefined;
  const port = parts[2] === undefined ? defaultPort(kind) : Number(parts[2]);
  if (port < 1 || port > 65_535) return undefined;
  return { host: parts[1].replace(/^\[(.*)\]$/, '$1'), port };
}

function defaultPort(kind: QueueAddress['kind']): number {
  return kind === 'sentinel' ? SENTINEL_PORT : REDIS_PORT;
}

function readLogin(login: string | undefined): { username?: string; password?: string } | undefined {
  if (login === undefined) return {};
  const colon = login.indexOf(':');
  const [name, word] = colon < 0 ? [login, ''] : [login.slice(0, colon), login.slice(colon + 1)];
  try {
    const [username, password] = [decodeURIComponent(name), decodeURIComponent(word)];
    return { ...(username && { username }), ...(password && { password }) };
  } catch {
    return undefined;
  }
}

function readPath(
  kind: QueueAddress['kind'],
  path: string,
): { db: number; master?: string } | { fault: string } {
  const members = path.split('/').filter(Boolean);
  const master = kind === 'sentinel' ? members.shift() : undefined;
  if (kind === 'sentinel' && !master) return { fault: 'must name the master after the sentinels: …/master' };
  const [db = '0', ...rest] = members;
  if (rest.length > 0 || !/^\d+$/.test(db) || Number(db) > DB_MAX) {
    return { fault: 'must end with the number of a database, or nothing' };
  }
  if (kind === 'cluster' && Number(db) !== 0)
    return { fault: 'cannot name a database: a cluster has only 0' };
  return { db: Number(db), ...(master && { master }) };
}
