import { malformed } from '../audit-error.ts';
import { HASH_BYTES } from '../tree/hash.ts';
import { readBase64 } from './base64.ts';
import { type ReadCheckpoint, readCheckpoint } from './checkpoint.ts';
import { readDecimal } from './decimal.ts';

/** A tree of 2^53 entries is 53 high; C2SP allows proofs of 63 hashes. */
export const PROOF_HASHES_MAX = 63;
/** The content of an entry lists at most a thousand messages with their outcomes. */
export const PROOF_BYTES_MAX = 4_194_304;

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';

/** A proof that stands alone: C2SP tlog-proof v1. */
export interface ProofFile extends ReadCheckpoint {
  /** Not covered by any signature. */
  extra: Buffer | undefined;
  index: number;
  hashes: Buffer[];
}

/** @param checkpoint the signed note with its last newline */
export function writeProof(
  extra: Buffer,
  index: number,
  hashes: readonly Buffer[],
  checkpoint: string,
): string {
  const lines = [
    FIRST_LINE,
    `extra ${extra.toString('base64')}`,
    `index ${index}`,
    ...hashes.map((h) => h.toString('base64')),
  ];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/** @throws AuditError `malformed` */
export function readProof(bytes: Buffer): ProofFile {
  if (bytes.length > PROOF_BYTES_MAX) throw malformed(`a proof has at most ${PROOF_BYTES_MAX} bytes`);
  const blank = bytes.indexOf('\n\n');
  if (blank < 0) throw malformed('a proof is lines, an empty line and a checkpoint');
  const lines = bytes.toString('latin1', 0, blank).split('\n');
  if (lines.shift() !== FIRST_LINE) throw malformed(`the first line of a proof is ${FIRST_LINE}`);
  const extra = lines[0]?.startsWith('extra ')
    ? readBase64(lines.shift()?.slice('extra '.length) ?? '')
    : undefined;
  const indexLine = lines.shift() ?? '';
  const index = indexLine.startsWith('index ') ? readDecimal(indexLine.slice('index '.length)) : undefined;
  if (index === undefined)
    throw malformed('a proof names the index of its entry, after the extra line if it has one');
  return { extra, index, hashes: readHashes(lines), ...readCheckpoint(bytes.subarray(blank + 2)) };
}

/** Lines of a hash each, in base64. */
export function readHashes(lines: readonly string[]): Buffer[] {
  if (lines.length > PROOF_HASHES_MAX) throw malformed(`a proof has at most ${PROOF_HASHES_MAX} hashes`);
  return lines.map((line, n) => {
    const hash = readBase64(line, HASH_BYTES);
    if (!hash) throw malformed(`line ${n + 1} of the proof's hashes is not 32 bytes in base64`);
    return hash;
  });
}
