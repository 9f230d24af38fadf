import type { OwnAuditKeys } from '../../audit/own-audit-keys.ts';
import { eventTypeOf } from '../../envelope/event-types.ts';
import { isJsonObject } from '../../envelope/parse-strict-json.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import type { Link } from '../../links/link.ts';
import type { Database } from '../../store/database.ts';
import { type Attempt, readAttempts } from '../lanes/read-attempts.ts';
import type { Words } from '../lanes/why-it-waits.ts';
import { type CheckedEntry, checkEntries } from './check-entries.ts';
import { type CheckedReceipt, checkReceipt } from './check-receipt.ts';
import { type CheckedSignature, checkSignature, type DecodedSet, decodeSet, hashOf } from './check-set.ts';
import { sayChecks } from './say-checks.ts';

export interface EvidenceParts {
  database: Pick<Database, 'query'>;
  keyRing: KeyRing;
  links: ReadonlyMap<string, Link>;
  auditKeys: OwnAuditKeys;
}

/** One thing that was checked, and what came of it; `ok` is null where it could not be. */
export interface Check extends Words {
  name: 'signature' | 'hash' | 'receipt-signature' | 'receipt-hash' | 'audit-proof' | 'witness';
  ok: boolean | null;
}

/** Everything that shows where a message is, checked at this moment. */
export interface Evidence {
  id: string;
  link: string;
  direction: 'out' | 'in';
  checkedAt: Date;
  /** Null where it was erased. */
  set: (DecodedSet & { type: string | null; data: unknown }) | null;
  signature: (CheckedSignature & { keyState: string | null }) | null;
  hash: { ok: boolean | null; sha256: string };
  receipt: CheckedReceipt | null;
  audit: CheckedEntry[];
  /** Oldest first. */
  attempts: Attempt[];
  checks: Check[];
}

export interface Recorded {
  id: string;
  link: string;
  direction: 'out' | 'in';
  sha256: Buffer;
  jws: string | null;
}

const ATTEMPTS_MAX = 200;

export async function findRecorded(
  database: Pick<Database, 'query'>,
  id: string,
): Promise<Recorded | undefined> {
  const [row] = await database.query<Recorded>({
    name: 'evidence-message',
    text: 'select id, link, direction, sha256, jws from message where id = $1 order by direction desc limit 1',
    values: [id],
  });
  return row;
}

export async function gatherEvidence(parts: EvidenceParts, recorded: Recorded, now: Date): Promise<Evidence> {
  const { id, link, direction, jws } = recorded;
  const { database } = parts;
  const sha256 = recorded.sha256.toString('base64url');
  const set = jws === null ? null : decodeSet(jws);
  const [signature, receipt, audit, attempts] = await Promise.all([
    set && checkSignature(parts, link, direction, set),
    direction === 'out' ? checkReceipt(database, parts, { id, link, sha256 }) : null,
    checkEntries(parts, id),
    direction === 'out' ? readAttempts(database, { message: id, link, limit: ATTEMPTS_MAX }) : [],
  ]);
  const evidence = {
    id,
    link,
    direction,
    checkedAt: now,
    set: set && { ...set, ...eventOf(set.claims) },
    signature: signature && {
      ...signature,
      keyState: await keyStateOf(database, link, direction, signature.kid),
    },
    hash: { ok: jws === null ? null : hashOf(jws).equals(recorded.sha256), sha256 },
    receipt,
    audit,
    attempts: attempts.toReversed(),
  };
  return { ...evidence, checks: sayChecks(evidence) };
}

function eventOf(claims: Record<string, unknown>): { type: string | null; data: unknown } {
  const [entry] = isJsonObject(claims.events) ? Object.entries(claims.events) : [];
  if (!entry) return { type: null, data: null };
  const [uri, event] = entry;
  return { type: eventTypeOf(uri) ?? null, data: isJsonObject(event) ? (event.data ?? event) : null };
}

async function keyStateOf(
  database: Pick<Database, 'query'>,
  link: string,
  direction: 'out' | 'in',
  kid: string | null,
): Promise<string | null> {
  const [row] = await database.query<{ state: string }>({
    name: 'evidence-key-state',
    text: `select state from own_key where $2 = 'out' and kid = $3
           union all select state from partner_key where $2 = 'in' and link = $1 and kid = $3`,
    values: [link, direction, kid],
  });
  // A key of the partner's file has no row.
  return row?.state ?? (direction === 'in' ? 'pinned' : null);
}
