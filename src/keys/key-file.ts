import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { platform } from 'node:process';
import type { JWK } from 'jose';
import type { Secret } from '../config/secrets.ts';
import { isJsonObject, parseStrictJson } from '../envelope/parse-strict-json.ts';
import { keyFault } from './keys-error.ts';
import { openPrivateJwk } from './private-jwk.ts';

/** What `<kid>.jwk.json` holds: a private JWK and when what it signs is valid. */
export interface KeyFile {
  jwk: JWK & { kid: string };
  notBefore: Date;
  notAfter?: Date;
}

/** A key set of a partner is a few kilobytes; nothing larger is a file of keys. */
const FILE_BYTES_MAX = 256 * 1024;
const limits = { depthMax: 8, membersMax: 10_000 };

/** A `kid` of our own: it names a file, so it is nothing but letters, digits and hyphens. */
export function isOwnKid(kid: unknown): kid is string {
  return typeof kid === 'string' && /^[a-z0-9][a-z0-9-]{0,62}$/.test(kid);
}

/** The files of a folder whose names end so, in order; none where the folder is missing. */
export function listFiles(directory: string, ending: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith(ending))
      .sort()
      .map((name) => join(directory, name));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw keyFault('unreadable', directory, 'cannot be read', cause);
  }
}

/**
 * Reads a file of a private key, which nobody but its owner may read. Where it is encrypted (`jwe` in place of
 * `jwk`), the passphrase opens it.
 */
export async function readKeyFile(file: string, passphrase?: Secret): Promise<KeyFile> {
  refuseOpenFile(file);
  const content = readJsonFile(file);
  const { jwe, notBefore, notAfter, ...plain } = isJsonObject(content) ? content : {};
  const jwk = typeof jwe === 'string' ? await openPrivateJwk(file, jwe, passphrase) : plain.jwk;
  if (!isJsonObject(jwk) || !isOwnKid(jwk.kid)) {
    throw keyFault('malformed', file, 'is no file of a private key: jwk with a kid is missing');
  }
  return {
    jwk: jwk as KeyFile['jwk'],
    notBefore: readInstant(file, 'notBefore', notBefore),
    ...(notAfter === undefined ? {} : { notAfter: readInstant(file, 'notAfter', notAfter) }),
  };
}

/** Windows has no such modes; there the folder's access list is what protects the keys. */
export function refuseOpenFile(file: string): void {
  if (platform === 'win32') return;
  const mode = stat(file).mode & 0o777;
  if ((mode & 0o077) !== 0) {
    const octal = mode.toString(8).padStart(4, '0');
    throw keyFault(
      'too-open',
      file,
      `is a private key that others may open (mode ${octal}). Run: chmod 600 ${file}, and replace the key if others had access`,
    );
  }
}

/** Reads a JSON file of bounded size, strictly. */
export function readJsonFile(file: string): unknown {
  const bytes = readBoundedFile(file);
  try {
    return parseStrictJson(bytes, limits);
  } catch (cause) {
    if (!(cause instanceof Error) || cause.name !== 'JsonError') throw cause;
    throw keyFault('malformed', file, cause.message, cause);
  }
}

/** @throws {KeysError} where the file cannot be read or is larger than any file of keys or certificates */
export function readBoundedFile(file: string): Buffer {
  if (stat(file).size > FILE_BYTES_MAX)
    throw keyFault('malformed', file, `is larger than ${FILE_BYTES_MAX} bytes`);
  return read(file);
}

function stat(file: string) {
  try {
    return statSync(file);
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function unreadable(file: string, cause: unknown) {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  return keyFault(
    'unreadable',
    file,
    code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`,
    cause,
  );
}

export function readInstant(file: string, name: string, value: unknown): Date {
  const instant = new Date(typeof value === 'string' ? value : Number.NaN);
  if (Number.isNaN(instant.getTime()))
    throw keyFault('malformed', file, `${name} is not an instant of ISO 8601`);
  return instant;
}
