import { malformed } from '../audit-error.ts';
import { type ReadCheckpoint, readCheckpoint } from './checkpoint.ts';
import { readDecimal } from './decimal.ts';
import { readHashes } from './proof-file.ts';

/** The body of `add-checkpoint` (C2SP tlog-witness). */
export interface WitnessRequest extends ReadCheckpoint {
  /** Size of the tree that the witness cosigned last. */
  oldSize: number;
  /** Consistency proof from there to the checkpoint. */
  proof: Buffer[];
}

/** @param checkpoint the signed note with its last newline */
export function writeWitnessRequest(oldSize: number, proof: readonly Buffer[], checkpoint: string): string {
  return [`old ${oldSize}`, ...proof.map((hash) => hash.toString('base64')), '', checkpoint].join('\n');
}

/** @throws AuditError `malformed` */
export function readWitnessRequest(body: Buffer): WitnessRequest {
  const blank = body.indexOf('\n\n');
  if (blank < 0) throw malformed('the body is an old size, a proof, an empty line and a checkpoint');
  const [first = '', ...hashes] = body.toString('latin1', 0, blank).split('\n');
  const oldSize = first.startsWith('old ') ? readDecimal(first.slice('old '.length)) : undefined;
  if (oldSize === undefined) throw malformed('the first line is "old" and a size without leading zeros');
  return { oldSize, proof: readHashes(hashes), ...readCheckpoint(body.subarray(blank + 2)) };
}
