import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { malformed } from '../audit-error.ts';
import { readBase64 } from './base64.ts';
import { isKeyName, writeSignatureLine } from './signed-note.ts';
import { cosignedText, type KeyRole, NOTE_TYPE, type VerifierKey, verifierKey } from './verifier-key.ts';

/** A private key of ours for notes. It cannot be exported again. */
export interface SigningKey {
  verifier: VerifierKey;
  key: KeyObject;
}

/** RFC 8410, 7: what stands before the 32 bytes of an Ed25519 key in PKCS #8. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SEED_BYTES = 32;

export function signingKey(role: KeyRole, name: string, seed: Buffer): SigningKey {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  return { verifier: verifierKey(role, name, publicBytes(key)), key };
}

function publicBytes(key: KeyObject): Buffer {
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  return Buffer.from(x ?? '', 'base64url');
}

/** `PRIVATE+KEY+name+id+base64(type ‖ seed)`, the form that Go's sumdb/note gives it. */
export function writeSigningKey(role: KeyRole, name: string, seed: Buffer): string {
  const { verifier } = signingKey(role, name, seed);
  const encoded = Buffer.concat([Buffer.from([NOTE_TYPE[role]]), seed]).toString('base64');
  return `PRIVATE+KEY+${name}+${verifier.id}+${encoded}`;
}

/** @throws AuditError `malformed`, without a word of the key */
export function readSigningKey(text: string, role: KeyRole): SigningKey {
  const [, name, id, encoded] = /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? [];
  const bytes = readBase64(encoded ?? '', 1 + SEED_BYTES);
  if (name === undefined || !isKeyName(name) || !bytes || bytes[0] !== NOTE_TYPE[role]) {
    throw malformed(`is no private key of a ${role} (PRIVATE+KEY+name+id+base64)`);
  }
  const key = signingKey(role, name, bytes.subarray(1));
  if (key.verifier.id !== id) throw malformed('bears another id than its key makes');
  return key;
}

/** The same key under the name of one log of its party. */
export function signerOfLog({ verifier, key }: SigningKey, log: string): SigningKey {
  return { verifier: verifierKey(verifier.role, `${verifier.name}/${log}`, verifier.bytes), key };
}

/** The signature line of a log under the text of a note. */
export function signNote({ verifier, key }: SigningKey, text: string): string {
  return writeSignatureLine(verifier, sign(null, Buffer.from(text), key));
}

/** The signature line of a witness: it saw this checkpoint, consistent with all before, at that time. */
export function cosignNote({ verifier, key }: SigningKey, text: string, at: Date): string {
  const seconds = Math.floor(at.getTime() / 1000);
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(seconds));
  const signature = sign(null, Buffer.from(cosignedText(seconds, text)), key);
  return writeSignatureLine(verifier, Buffer.concat([time, signature]));
}
