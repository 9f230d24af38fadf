import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import { AuditError, malformed } from '../audit-error.ts';
import { readBase64 } from './base64.ts';
import { isKeyName } from './signed-note.ts';

/** Signature types of C2SP signed-note: what a key signs, and how. */
export const NOTE_TYPE = { log: 0x01, witness: 0x04 } as const;

export type KeyRole = keyof typeof NOTE_TYPE;

/** A public key under its name, as notes refer to it. */
export interface VerifierKey {
  role: KeyRole;
  name: string;
  /** First four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key), as 8 hexadecimal digits. */
  id: string;
  /** 32 bytes of Ed25519. */
  bytes: Buffer;
  key: KeyObject;
}

const KEY_BYTES = 32;

export function verifierKey(role: KeyRole, name: string, bytes: Buffer): VerifierKey {
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') },
    format: 'jwk',
  });
  return { role, name, id: keyId(role, name, bytes), bytes, key };
}

export function keyId(role: KeyRole, name: string, bytes: Buffer): string {
  const named = Buffer.concat([Buffer.from(`${name}\n`), Buffer.from([NOTE_TYPE[role]]), bytes]);
  return hash('sha256', named, 'hex').slice(0, 8);
}

/** `name+id+base64(type ‖ key)`: what Go's sumdb/note and C2SP call a verifier key, or vkey. */
export function writeVerifierKey({ role, name, id, bytes }: VerifierKey): string {
  return `${name}+${id}+${Buffer.concat([Buffer.from([NOTE_TYPE[role]]), bytes]).toString('base64')}`;
}

/** @throws AuditError `malformed` */
export function readVerifierKey(text: string): VerifierKey {
  const [name, id, ...rest] = text.split('+');
  // Base64 may hold a plus itself.
  const encoded = readBase64(rest.join('+'), 1 + KEY_BYTES);
  const role = roleOf(encoded?.[0]);
  if (name === undefined || !isKeyName(name) || !encoded || !role) {
    throw malformed(`${JSON.stringify(text)} is no verifier key (name+id+base64) of Ed25519`);
  }
  const key = verifierKey(role, name, encoded.subarray(1));
  if (key.id !== id)
    throw malformed(`the verifier key of ${name} bears the id ${id}; its bytes make ${key.id}`);
  return key;
}

function roleOf(type: number | undefined): KeyRole | undefined {
  if (type === NOTE_TYPE.log) return 'log';
  return type === NOTE_TYPE.witness ? 'witness' : undefined;
}

/** The same key under the name of one log of its party: `mra.customs.example/audit` → `…/audit/2026`. */
export function keyOfLog(key: VerifierKey, log: string): VerifierKey {
  return verifierKey(key.role, `${key.name}/${log}`, key.bytes);
}

/**
 * Checks a signature over the text of a note by the rules of the key's type.
 *
 * @param signature without the key id
 * @returns when a witness signed, in seconds since 1970; 0 for a log's signature
 * @throws AuditError `bad-signature`
 */
export function checkNoteSignature(key: VerifierKey, text: string, signature: Buffer): number {
  const wrong = new AuditError(
    'bad-signature',
    `the signature of ${key.name} does not fit the text of the note`,
  );
  if (key.role === 'log') {
    if (signature.length === 64 && verify(null, Buffer.from(text), key.key, signature)) return 0;
    throw wrong;
  }
  if (signature.length !== 72) throw wrong;
  const seconds = signature.readBigUInt64BE();
  const signed = Buffer.from(cosignedText(seconds, text));
  if (seconds > BigInt(Number.MAX_SAFE_INTEGER) || !verify(null, signed, key.key, signature.subarray(8)))
    throw wrong;
  return Number(seconds);
}

/** C2SP tlog-cosignature: what a witness signs. */
export function cosignedText(seconds: bigint | number, text: string): string {
  return `cosignature/v1\ntime ${seconds}\n${text}`;
}
