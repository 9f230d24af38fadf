import { decodeJwt } from 'jose';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import { AuditError } from './audit-error.ts';
import { findEntriesOf } from './find-entries.ts';
import { mirrorTileSource, readMirror, readMirrorBundle } from './mirror-log.ts';
import { writeProof } from './notes/proof-file.ts';
import { openingOf, proveEntry } from './prove-entry.ts';
import type { Reader } from './read-tree.ts';
import { proveInclusion } from './tree/prove.ts';
import { TILE_WIDTH } from './tree/tile.ts';

export interface WrittenProof {
  log: string;
  index: number;
  text: string;
}

/**
 * Proofs of every entry of our log about a message, the one of its acceptance or reception first.
 *
 * @throws AuditError `not-found`
 */
export async function proveMessage(reader: Reader, message: string): Promise<WrittenProof[]> {
  const entries = await findEntriesOf(reader, message);
  if (entries.length === 0) {
    throw new AuditError(
      'not-found',
      `no entry of the log is about the message ${message}, or it is not in the tree yet`,
    );
  }
  const proofs: WrittenProof[] = [];
  for (const entry of entries) {
    proofs.push({ log: entry.log, index: entry.index, text: await proveEntry(reader, entry) });
  }
  return proofs;
}

/**
 * A proof that the partner's log holds the entry which its receipt for a message names, from our mirror. The entry
 * itself is in it; what opens it only the partner has.
 *
 * @throws AuditError `not-found`
 */
export async function provePartner(reader: Reader, message: string): Promise<WrittenProof> {
  const { log: origin, index } = await receiptEntry(reader, message);
  const mirror = await readMirror(reader, origin);
  if (!mirror || mirror.checkpoint === null || mirror.size <= index) {
    throw new AuditError('not-found', `entry ${index} of ${origin} is not in our mirror yet`);
  }
  const bundle = await readMirrorBundle(reader, mirror, Math.floor(index / TILE_WIDTH));
  const entry = bundle[index % TILE_WIDTH]?.toString('utf8') ?? '';
  const hashes = await proveInclusion(mirrorTileSource(reader, origin), index, mirror.size);
  const opening = openingOf({ entry, salt: null, content: null, gone: null });
  return { log: origin, index, text: writeProof(opening, index, hashes, mirror.checkpoint) };
}

/** What the partner's signed receipt says of where its log holds the message. */
async function receiptEntry(reader: Reader, message: string): Promise<{ log: string; index: number }> {
  const rows = await reader.query<{ jws: string | null }>({
    name: 'audit-receipt-of-message',
    text: `select m.jws from receipt r join message m on m.id = r.receipt_message and m.link = r.link and m.direction = 'in'
           where r.id = $1`,
    values: [message],
  });
  for (const { jws } of rows) {
    const found = jws === null ? undefined : entryIn(decodeJwt(jws), message);
    if (found) return found;
  }
  throw new AuditError(
    'not-found',
    `there is no receipt for the message ${message}${rows.length > 0 ? ' that names an entry' : ''}`,
  );
}

/** The receipt was verified when it came; here it is only read. */
function entryIn(
  claims: Record<string, unknown>,
  message: string,
): { log: string; index: number } | undefined {
  const [event] = isJsonObject(claims.events) ? Object.values(claims.events) : [];
  const data = isJsonObject(event) ? event.data : undefined;
  const receipts = isJsonObject(data) && Array.isArray(data.receipts) ? data.receipts : [];
  const receipt: unknown = receipts.find((each) => isJsonObject(each) && each.jti === message);
  const entry = isJsonObject(receipt) ? receipt.entry : undefined;
  if (!isJsonObject(entry) || typeof entry.log !== 'string' || typeof entry.index !== 'number')
    return undefined;
  return { log: entry.log, index: entry.index };
}
