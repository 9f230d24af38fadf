import type { Database, Transaction } from '../store/database.ts';
import { AuditError } from './audit-error.ts';
import { logOfOrigin } from './log-name.ts';
import { checkNote, writeNote } from './notes/signed-note.ts';
import { cosignNote, type SigningKey } from './notes/signing-key.ts';
import { keyOfLog, type VerifierKey } from './notes/verifier-key.ts';
import { readWitnessRequest, type WitnessRequest } from './notes/witness-request.ts';
import { checkConsistency } from './tree/check-proof.ts';
import { EMPTY_ROOT } from './tree/hash.ts';

/** An answer of `add-checkpoint` (C2SP tlog-witness). */
export interface WitnessAnswer {
  status: 200 | 400 | 403 | 404 | 409 | 422;
  /** `text/x.tlog.size` where it is the size that was cosigned last. */
  contentType: 'text/plain; charset=utf-8' | 'text/x.tlog.size';
  body: string;
}

export interface WitnessParts {
  database: Database;
  witnessKey: SigningKey;
  /** Keys of the partners' logs, by link; each log has the key under its own name. */
  logKeys: ReadonlyMap<string, VerifierKey>;
  now(): Date;
  /** Called when a larger checkpoint was cosigned: there is something to mirror. */
  onCosigned?(): void;
}

/** Kept for each log: one would do, more show whether it goes on. */
const CONFLICTS_MAX = 100;

/** A request that is the partner's word: the checkpoint of a log that we watch, signed by it. */
interface Heard extends WitnessRequest {
  link: string;
}

/**
 * Cosigns a partner's checkpoint if its tree goes on from the last one that we cosigned. Checks in the order of the
 * specification; the new state is committed before the cosignature leaves.
 *
 * A crash after the commit and before the answer leaves the partner without it; it asks again with the old size, is
 * told the new one, and gets the cosignature for the same checkpoint.
 */
export async function witnessCheckpoint(parts: WitnessParts, body: Buffer): Promise<WitnessAnswer> {
  const heard = hear(parts, body);
  if ('status' in heard) return heard;
  if (heard.oldSize > heard.checkpoint.size)
    return plain(400, 'the old size is greater than that of the checkpoint');
  // Made before the commit and given away after it: it stands with the state that it attests.
  const line = cosignNote(parts.witnessKey, heard.note.text, parts.now());
  const answer = await parts.database.transaction((tx) => judge(tx, heard, line, parts.now()));
  if (answer) return answer;
  parts.onCosigned?.();
  return plain(200, line);
}

function hear(parts: WitnessParts, body: Buffer): Heard | WitnessAnswer {
  try {
    const request = readWitnessRequest(body);
    const { origin } = request.checkpoint;
    for (const [link, key] of parts.logKeys) {
      const log = logOfOrigin(key.name, origin);
      if (log === undefined) continue;
      if (checkNote(request.note, [keyOfLog(key, log)]).length === 0) break;
      return { ...request, link };
    }
    const known = [...parts.logKeys.values()].some((key) => logOfOrigin(key.name, origin) !== undefined);
    return known
      ? plain(403, 'the checkpoint is not signed by the key of its log')
      : plain(404, 'no log of that origin is watched here');
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    return plain(error.code === 'bad-signature' ? 403 : 400, error.message);
  }
}

/** @returns undefined where the checkpoint goes on from what was cosigned, which is then on record */
async function judge(
  tx: Transaction,
  heard: Heard,
  line: string,
  now: Date,
): Promise<WitnessAnswer | undefined> {
  const { link, oldSize, proof, checkpoint } = heard;
  const known = await lockWitnessed(tx, checkpoint.origin, link, now);
  if (known.size !== oldSize) {
    return { status: 409, contentType: 'text/x.tlog.size', body: `${known.size}\n` };
  }
  if (!checkConsistency(known, checkpoint, proof)) {
    await keepEvidence(tx, heard, now);
    return plain(
      422,
      `the tree of ${checkpoint.size} entries does not go on from that of ${known.size} which was cosigned`,
    );
  }
  await tx.query({
    name: 'audit-witness-advance',
    text: `update audit_witnessed set size = $3, root = $4, checkpoint = $5, at = $6 where origin = $1 and size = $2`,
    values: [checkpoint.origin, oldSize, checkpoint.size, checkpoint.root, noteOf(heard, line), now],
  });
  return undefined;
}

/** The row is locked until the end: two requests for one log are judged one after the other. */
async function lockWitnessed(
  tx: Transaction,
  origin: string,
  link: string,
  now: Date,
): Promise<{ size: number; root: Buffer }> {
  await tx.query({
    name: 'audit-witness-begin',
    text: `insert into audit_witnessed (origin, link, size, root, checkpoint, at) values ($1, $2, 0, $3, '', $4)
           on conflict do nothing`,
    values: [origin, link, EMPTY_ROOT, now],
  });
  const [row] = await tx.query<{ size: number; root: Buffer }>({
    name: 'audit-witness-lock',
    text: 'select size, root from audit_witnessed where origin = $1 for update',
    values: [origin],
  });
  if (!row) throw new Error(`the log ${origin} is not on record`);
  return row;
}

/** A signed checkpoint that cannot go on from an earlier one, or has a false proof: told to the operators. */
async function keepEvidence(tx: Transaction, heard: Heard, now: Date): Promise<void> {
  await tx.query({
    name: 'audit-witness-conflict',
    text: `insert into audit_conflict (origin, checkpoint, at)
           select $1, $2, $3 where (select count(*) from audit_conflict where origin = $1) < $4
           on conflict do nothing`,
    values: [heard.checkpoint.origin, noteOf(heard), now, CONFLICTS_MAX],
  });
}

function noteOf({ note }: Heard, ...more: string[]): string {
  return writeNote(note.text, [...note.signatures.map(({ line }) => line), ...more]);
}

function plain(status: WitnessAnswer['status'], text: string): WitnessAnswer {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${text}\n` };
}
