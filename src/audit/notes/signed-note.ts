import { malformed } from '../audit-error.ts';
import { readBase64 } from './base64.ts';
import { checkNoteSignature, type VerifierKey } from './verifier-key.ts';

/** One signature line. */
export interface NoteSignature {
  name: string;
  /** 8 hexadecimal digits. */
  id: string;
  signature: Buffer;
  /** The line as it stands, without its newline. */
  line: string;
}

/** A note as it was parsed; nothing of it is trusted before checkNote. */
export interface SignedNote {
  /** With its last newline: what is signed. */
  text: string;
  signatures: NoteSignature[];
}

/** C2SP asks for at least 16; a log of ours has one signature and one for each witness. */
export const SIGNATURES_MAX = 64;
/** A checkpoint is some 200 bytes, a signature line 150. */
export const NOTE_BYTES_MAX = 32_768;

const NEWLINE = 0x0a;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Not empty, no space of any alphabet, no plus (C2SP signed-note). */
export function isKeyName(name: string): boolean {
  return name !== '' && !/[\p{White_Space}+]/u.test(name);
}

/**
 * Parses a note: text, blank line, signature lines (C2SP signed-note v1).
 *
 * @throws AuditError `malformed` for anything that is not written exactly so
 */
export function readNote(bytes: Uint8Array): SignedNote {
  if (bytes.length > NOTE_BYTES_MAX) throw malformed(`a note has at most ${NOTE_BYTES_MAX} bytes`);
  const note = utf8(bytes);
  if (bytes.some((byte) => byte < 0x20 && byte !== NEWLINE)) {
    throw malformed('a note has no control characters but newlines');
  }
  const blank = note.lastIndexOf('\n\n');
  if (blank < 0 || !note.endsWith('\n'))
    throw malformed('a note is a text, an empty line and signature lines');
  const lines = note
    .slice(blank + 2)
    .split('\n')
    .slice(0, -1);
  if (lines.length === 0 || lines.length > SIGNATURES_MAX) {
    throw malformed(`a note has 1 to ${SIGNATURES_MAX} signatures, not ${lines.length}`);
  }
  return { text: note.slice(0, blank + 1), signatures: lines.map(readSignatureLine) };
}

function utf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw malformed('a note is UTF-8');
  }
}

/** `— name base64(id ‖ signature)`, without its newline. */
export function readSignatureLine(line: string): NoteSignature {
  const [dash, name, encoded, ...more] = line.split(' ');
  const bytes = readBase64(encoded ?? '');
  if (
    dash !== '—' ||
    name === undefined ||
    !isKeyName(name) ||
    more.length > 0 ||
    !bytes ||
    bytes.length < 5
  ) {
    throw malformed(`${JSON.stringify(line.slice(0, 200))} is no signature line`);
  }
  return { name, id: bytes.toString('hex', 0, 4), signature: bytes.subarray(4), line };
}

export function writeSignatureLine(
  { name, id }: { name: string; id: string },
  signature: Uint8Array,
): string {
  return `— ${name} ${Buffer.concat([Buffer.from(id, 'hex'), signature]).toString('base64')}`;
}

export function writeNote(text: string, lines: readonly string[]): string {
  return `${text}\n${lines.map((line) => `${line}\n`).join('')}`;
}

/** A signature that was verified. */
export interface CheckedSignature {
  key: VerifierKey;
  /** When a witness signed, seconds since 1970; 0 for a log. */
  seconds: number;
  line: string;
}

/**
 * The signatures of known keys. Those of others are passed over, as C2SP has it, whatever they say.
 *
 * @throws AuditError `bad-signature` where a line bears the name and id of a known key and is not its signature
 */
export function checkNote(note: SignedNote, keys: readonly VerifierKey[]): CheckedSignature[] {
  const checked = new Map<VerifierKey, CheckedSignature>();
  for (const { name, id, signature, line } of note.signatures) {
    const key = keys.find((known) => known.name === name && known.id === id);
    if (!key) continue;
    const seconds = checkNoteSignature(key, note.text, signature);
    if (!checked.has(key)) checked.set(key, { key, seconds, line });
  }
  return [...checked.values()];
}
