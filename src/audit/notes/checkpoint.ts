import { malformed } from '../audit-error.ts';
import type { TreeHead } from '../tree/check-proof.ts';
import { HASH_BYTES } from '../tree/hash.ts';
import { readBase64 } from './base64.ts';
import { readDecimal } from './decimal.ts';
import { readNote, type SignedNote } from './signed-note.ts';

/** What a log says of its tree: its name, the size, the root (C2SP tlog-checkpoint v1). */
export interface Checkpoint extends TreeHead {
  origin: string;
  root: Buffer;
}

/** The text of the note, which is what is signed. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}

export interface ReadCheckpoint {
  checkpoint: Checkpoint;
  note: SignedNote;
}

/** @throws AuditError `malformed` */
export function readCheckpoint(bytes: Uint8Array): ReadCheckpoint {
  const note = readNote(bytes);
  return { checkpoint: readCheckpointText(note.text), note };
}

/** Extension lines are let pass, as the format allows them; ours has none. */
function readCheckpointText(text: string): Checkpoint {
  const [origin, sizeText, rootText, ...extension] = text.split('\n').slice(0, -1);
  const size = readDecimal(sizeText ?? '');
  const root = readBase64(rootText ?? '', HASH_BYTES);
  if (!origin) throw malformed('the first line of a checkpoint is the name of its log');
  if (size === undefined)
    throw malformed('the second line of a checkpoint is its size: digits, no leading zero, at most 2^53 - 1');
  if (!root) throw malformed('the third line of a checkpoint is its root: 32 bytes in base64');
  if (extension.includes('')) throw malformed('an extension line of a checkpoint is not empty');
  return { origin, size, root };
}
