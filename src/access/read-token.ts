import type { Database } from '../store/database.ts';
import type { Purpose } from './purposes.ts';
import type { Role, Scope } from './roles.ts';
import { hashToken, isTokenShaped, type Principal } from './tokens.ts';

/** Finds who holds a token; undefined when it is unknown, expired or revoked. */
export interface TokenReader {
  read(token: string): Promise<Principal | undefined>;
}

export interface TokenReaderOptions {
  now?: () => Date;
  /** How long an answer is believed: a revocation takes effect after at most this. 5 s unless told. */
  cacheMs?: number;
}

/** Of tokens that do not exist too, so that guessing costs the database nothing more than this many rows. */
const CACHED_MAX = 10_000;

interface CachedToken {
  found: Promise<Principal | undefined>;
  until: number;
}

/** Reads tokens from the store, each at most once per cacheMs however many requests come. */
export function tokenReader(database: Database, options: TokenReaderOptions = {}): TokenReader {
  const { now = () => new Date(), cacheMs = 5_000 } = options;
  const cache = new Map<string, CachedToken>();

  function lookUp(token: string, at: number): Promise<Principal | undefined> {
    const sha256 = hashToken(token);
    const key = sha256.toString('base64');
    const cached = cache.get(key);
    if (cached && cached.until > at) return cached.found;
    if (cache.size >= CACHED_MAX) cache.clear();
    const found = findToken(database, sha256);
    cache.set(key, { found, until: at + cacheMs });
    // A failure is not an answer: the next request asks again.
    found.catch(() => cache.delete(key));
    return found;
  }

  return {
    async read(token) {
      if (!isTokenShaped(token)) return undefined;
      const at = now().getTime();
      const found = await lookUp(token, at);
      const expired = found?.expiresAt && found.expiresAt.getTime() <= at;
      return expired ? undefined : found;
    },
  };
}

/** What a row of access_token says of its holder. */
export interface TokenRow {
  id: string;
  name: string;
  role: Role;
  scopes: Scope[];
  purpose: Purpose | null;
  link: string | null;
  expires_at: Date | null;
}

async function findToken(database: Database, sha256: Buffer): Promise<Principal | undefined> {
  const [row] = await database.query<TokenRow>({
    name: 'access-token-find',
    text: `select id, name, role, scopes, purpose, link, expires_at from access_token
           where sha256 = $1 and revoked_at is null`,
    values: [sha256],
  });
  return row && principalOfRow(row);
}

export function principalOfRow(row: TokenRow): Principal {
  const { id, name, role, scopes, purpose, link, expires_at } = row;
  return {
    id,
    name,
    role,
    scopes: new Set(scopes),
    accessToken: id,
    ...(purpose === null ? {} : { purpose }),
    ...(link === null ? {} : { link }),
    ...(expires_at === null ? {} : { expiresAt: expires_at }),
  };
}
