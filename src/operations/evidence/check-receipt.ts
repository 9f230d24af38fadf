import { isJsonObject } from '../../envelope/parse-strict-json.ts';
import type { Database } from '../../store/database.ts';
import { type CheckedSignature, checkSignature, decodeSet, type EvidenceKeys } from './check-set.ts';

/** The partner's signed word that it has a message of ours. */
export interface CheckedReceipt {
  /** The signature holds, and it names the bytes that we have. */
  ok: boolean | null;
  outcome: string;
  /** The receipt message. */
  message: string;
  /** When the partner stored it, by its own word, and when the receipt came. */
  receivedAt: Date;
  arrivedAt: Date;
  hashEqual: boolean | null;
  signature: CheckedSignature | null;
  /** Where the partner's audit log has it. */
  entry: { log: string; index: number } | null;
}

interface Row {
  outcome: string;
  message: string;
  receivedAt: Date;
  arrivedAt: Date;
  jws: string | null;
}

/** @returns null where no receipt came (yet) */
export async function checkReceipt(
  database: Pick<Database, 'query'>,
  keys: EvidenceKeys,
  { id, link, sha256 }: { id: string; link: string; sha256: string },
): Promise<CheckedReceipt | null> {
  const [row] = await database.query<Row>({
    name: 'evidence-receipt',
    text: `select r.outcome, r.receipt_message as message, r.received_at as "receivedAt", r.at as "arrivedAt", m.jws
           from receipt r left join message m on m.id = r.receipt_message and m.link = r.link and m.direction = 'in'
           where r.id = $1 and r.link = $2`,
    values: [id, link],
  });
  if (!row) return null;
  const { jws, ...receipt } = row;
  if (jws === null) return { ...receipt, ok: null, hashEqual: null, signature: null, entry: null };
  const set = decodeSet(jws);
  const said = saidOf(set.claims, id);
  const signature = await checkSignature(keys, link, 'in', set);
  const hashEqual = said?.sha256 === sha256;
  return {
    ...receipt,
    ok: signature.ok === null ? null : signature.ok && hashEqual,
    hashEqual,
    signature,
    entry: entryOf(said),
  };
}

/** What the receipt message says of this message. */
function saidOf(claims: Record<string, unknown>, id: string): Record<string, unknown> | undefined {
  const [event] = isJsonObject(claims.events) ? Object.values(claims.events) : [];
  const data = isJsonObject(event) ? event.data : undefined;
  const receipts: unknown[] = isJsonObject(data) && Array.isArray(data.receipts) ? data.receipts : [];
  return receipts.filter(isJsonObject).find(({ jti }) => jti === id);
}

function entryOf(said: Record<string, unknown> | undefined): CheckedReceipt['entry'] {
  const entry = said?.entry;
  if (!isJsonObject(entry) || typeof entry.log !== 'string' || typeof entry.index !== 'number') return null;
  return { log: entry.log, index: entry.index };
}
