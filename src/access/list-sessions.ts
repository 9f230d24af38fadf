import type { Database } from '../store/database.ts';
import type { Audit } from './audit.ts';
import type { Role } from './roles.ts';
import { SESSION_IDLE_MS_MAX } from './sessions.ts';

/** A session as people see it; nothing of it opens one. */
export interface ListedSession {
  /** The beginning of the hash under which it is kept. */
  id: string;
  name: string;
  role: Role | null;
  openedAt: Date;
  /** To the minute. */
  seenAt: Date;
  /** At the latest; without use it ends earlier. */
  expiresAt: Date;
}

/** Of the hash, so many hexadecimal digits tell sessions apart. */
const ID_LENGTH = 24;

/** Open at most: sessions end, and each principal has ten. */
const LISTED_MAX = 500;

/** Who is logged in now, who was seen last first. @param of whose they are; all where it is left out */
export function listSessions(database: Database, now: Date, of?: string): Promise<ListedSession[]> {
  return database.query<ListedSession>({
    name: 'session-list',
    text: `select left(encode(s.sha256, 'hex'), ${ID_LENGTH}) as id, s.name,
             coalesce(t.role, s.principal ->> 'role') as role, s.opened_at as "openedAt", s.seen_at as "seenAt",
             s.expires_at as "expiresAt"
           from session s
           left join access_token t on t.id = s.access_token and t.revoked_at is null
             and (t.expires_at is null or t.expires_at > $1)
           where s.expires_at > $1 and s.seen_at > $2 and (s.access_token is null or t.id is not null)
             and ($3::text is null or s.name = $3)
           order by s.seen_at desc, s.sha256 limit ${LISTED_MAX}`,
    values: [now, new Date(now.getTime() - SESSION_IDLE_MS_MAX), of ?? null],
  });
}

/**
 * Ends one session: its next request, and within seconds its open stream, is refused.
 *
 * @param of whose it must be; anybody's where it is left out
 * @returns whether there was one
 */
export function endSession(
  database: Database,
  audit: Audit,
  { id, of, actor, now }: { id: string; of: string | undefined; actor: string; now: Date },
): Promise<boolean> {
  return database.transaction(async (tx) => {
    const [ended] = await tx.query<{ name: string }>({
      name: 'session-end',
      text: `delete from session where left(encode(sha256, 'hex'), ${ID_LENGTH}) = $1
               and ($2::text is null or name = $2) returning name`,
      values: [id, of ?? null],
    });
    if (!ended) return false;
    await audit(tx, [{ kind: 'sessions-closed', actor, of: ended.name, count: 1 }], now);
    return true;
  });
}

/** The id of the session that bears this hash. */
export function sessionIdOf(sha256: Buffer): string {
  return sha256.toString('hex').slice(0, ID_LENGTH);
}
