import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Database } from '../store/database.ts';
import type { Audit } from './audit.ts';
import { endSession, type ListedSession, listSessions } from './list-sessions.ts';
import type { Purpose } from './purposes.ts';
import { principalOfRow, type TokenRow } from './read-token.ts';
import type { Role, Scope } from './roles.ts';
import type { Principal } from './tokens.ts';

/** A session ends after this long, whatever is done in it: a working day. */
export const SESSION_MS_MAX = 8 * 3_600_000;
/** A session that nobody uses ends after this long. */
export const SESSION_IDLE_MS_MAX = 30 * 60_000;
/** Open at once per principal; one more ends the oldest. */
export const SESSIONS_MAX = 10;
/** When a session was seen is written at most this often. */
const SEEN_EVERY_MS = 60_000;

/** What a browser gets when it opens a session; the secret goes into the cookie and is not stored. */
export interface OpenedSession {
  secret: string;
  expiresAt: Date;
}

/** What a page asks by itself, while nobody is there, does not keep its session alive. */
export type SessionUse = 'attended' | 'unattended';

/** A session that a request showed. */
export interface FoundSession {
  principal: Principal;
  expiresAt: Date;
}

export interface Sessions {
  open(principal: Principal, now: Date): Promise<OpenedSession>;
  /** undefined when it is unknown, closed or over, or when the token that opened it is revoked or over. */
  read(secret: string, now: Date, use?: SessionUse): Promise<FoundSession | undefined>;
  /** Who is logged in. @param of whose sessions; all where it is left out */
  list(now: Date, of?: string): Promise<ListedSession[]>;
  /** @returns whether there was one. @param of whose it must be; anybody's where it is left out */
  end(id: string, of: string | undefined, actor: string, now: Date): Promise<boolean>;
  close(secret: string, principal: Principal, now: Date): Promise<void>;
  /** @returns how many there were. @param name of the principal whose they are */
  closeAllOf(name: string, actor: string, now: Date): Promise<number>;
}

/**
 * Sessions of people at a browser, which keeps only a cookie that scripts cannot read, never the token.
 * Every request looks its session up, so closing one takes effect at once in every process.
 */
export function sessionStore(database: Database, audit: Audit): Sessions {
  return {
    open: (principal, now) => openSession(database, audit, principal, now),
    read: (secret, now, use) => readSession(database, secret, now, use),
    list: (now, of) => listSessions(database, now, of),
    end: (id, of, actor, now) => endSession(database, audit, { id, of, actor, now }),
    close: (secret, principal, now) => closeSession(database, audit, secret, principal, now),
    closeAllOf: (name, actor, now) => closeAllOf(database, audit, name, actor, now),
  };
}

async function openSession(
  database: Database,
  audit: Audit,
  principal: Principal,
  now: Date,
): Promise<OpenedSession> {
  const secret = randomBytes(32).toString('base64url');
  const latest = new Date(now.getTime() + SESSION_MS_MAX);
  const expiresAt = principal.expiresAt && principal.expiresAt < latest ? principal.expiresAt : latest;
  const { accessToken = null, name } = principal;
  await database.transaction(async (tx) => {
    await tx.query({
      name: 'session-clear',
      text: `delete from session where expires_at <= $3 or seen_at <= $4 or sha256 in (
               select sha256 from session where name = $1 order by opened_at desc offset $2)`,
      values: [name, SESSIONS_MAX - 1, now, new Date(now.getTime() - SESSION_IDLE_MS_MAX)],
    });
    await tx.query({
      name: 'session-open',
      text: `insert into session (sha256, access_token, principal, name, opened_at, seen_at, expires_at)
             values ($1, $2, $3, $4, $5, $5, $6)`,
      values: [hashSecret(secret), accessToken, asJson(principal), name, now, expiresAt],
    });
    await audit(tx, [{ kind: 'session-opened', actor: name, expires: expiresAt.toISOString() }], now);
  });
  return { secret, expiresAt };
}

interface SessionRow extends TokenRow {
  accessToken: string | null;
  principal: string;
  expiresAt: Date;
  seenAt: Date;
}

async function readSession(
  database: Database,
  secret: string,
  now: Date,
  use: SessionUse = 'attended',
): Promise<FoundSession | undefined> {
  if (!isSecretShaped(secret)) return undefined;
  const sha256 = hashSecret(secret);
  const [row] = await database.query<SessionRow>({
    name: 'session-read',
    text: `select s.access_token as "accessToken", s.principal, s.expires_at as "expiresAt", s.seen_at as "seenAt",
             t.id, t.name, t.role, t.scopes, t.purpose, t.link, t.expires_at
           from session s
           left join access_token t on t.id = s.access_token and t.revoked_at is null
             and (t.expires_at is null or t.expires_at > $2)
           where s.sha256 = $1 and s.expires_at > $2 and s.seen_at > $3
             and (s.access_token is null or t.id is not null)`,
    values: [sha256, now, new Date(now.getTime() - SESSION_IDLE_MS_MAX)],
  });
  if (!row) return undefined;
  if (use === 'attended' && now.getTime() - row.seenAt.getTime() >= SEEN_EVERY_MS) {
    await database.query({
      name: 'session-seen',
      text: 'update session set seen_at = $2 where sha256 = $1',
      values: [sha256, now],
    });
  }
  const principal = row.accessToken === null ? ofJson(row.principal) : principalOfRow(row);
  return { principal, expiresAt: row.expiresAt };
}

async function closeSession(
  database: Database,
  audit: Audit,
  secret: string,
  principal: Principal,
  now: Date,
): Promise<void> {
  await database.transaction(async (tx) => {
    const closed = await tx.query({
      name: 'session-close',
      text: 'delete from session where sha256 = $1 returning 1',
      values: [hashSecret(secret)],
    });
    if (closed.length > 0) await audit(tx, [{ kind: 'session-closed', actor: principal.name }], now);
  });
}

function closeAllOf(
  database: Database,
  audit: Audit,
  name: string,
  actor: string,
  now: Date,
): Promise<number> {
  return database.transaction(async (tx) => {
    const closed = await tx.query({
      name: 'session-close-all',
      text: 'delete from session where name = $1 returning 1',
      values: [name],
    });
    if (closed.length > 0) {
      await audit(tx, [{ kind: 'sessions-closed', actor, of: name, count: closed.length }], now);
    }
    return closed.length;
  });
}

/**
 * What a page of ours sends along in `X-CSRF-Token`: derived from the cookie, which no other page can read, so that
 * it needs no place of its own.
 */
export function csrfTokenOf(secret: string): string {
  return createHash('sha256').update('mra-csrf\n').update(secret).digest('base64url');
}

export function isCsrfToken(secret: string, given: string): boolean {
  const [wanted, got] = [Buffer.from(csrfTokenOf(secret)), Buffer.from(given)];
  return wanted.length === got.length && timingSafeEqual(wanted, got);
}

function isSecretShaped(text: string): boolean {
  return /^[\w-]{43}$/.test(text);
}

/** 256 random bits need neither salt nor a slow hash. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update('mra-session\n').update(secret).digest();
}

interface StoredPrincipal {
  id: string;
  name: string;
  person?: string;
  role?: Role;
  scopes: Scope[];
  purpose?: Purpose;
  link?: string;
}

function asJson({ expiresAt: _, accessToken: __, scopes, ...rest }: Principal): string {
  return JSON.stringify({ ...rest, scopes: [...scopes] } satisfies StoredPrincipal);
}

function ofJson(text: string): Principal {
  const { scopes, ...rest } = JSON.parse(text) as StoredPrincipal;
  return { ...rest, scopes: new Set(scopes) };
}
