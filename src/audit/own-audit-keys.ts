import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refuseOpenFile } from '../keys/key-file.ts';
import { type KeyFault, KeysError, keyFault } from '../keys/keys-error.ts';
import { AuditError } from './audit-error.ts';
import { readSigningKey, type SigningKey, writeSigningKey } from './notes/signing-key.ts';
import type { KeyRole } from './notes/verifier-key.ts';

/** Our two keys of the audit log. They differ: who signs a log cannot pass for the one who watches it. */
export interface OwnAuditKeys {
  /** Signs the checkpoints of our logs. */
  log: SigningKey;
  /** Cosigns the partners' checkpoints. */
  witness: SigningKey;
}

const FILES = { log: 'audit-log.skey', witness: 'audit-witness.skey' } as const satisfies Record<
  KeyRole,
  string
>;
const NAMES = { log: 'audit', witness: 'witness' } as const satisfies Record<KeyRole, string>;
const SEED_BYTES = 32;

/** The name of a key of ours in notes: our issuer without its scheme, and what the key is for. */
function keyName(issuer: string, role: KeyRole): string {
  return `${issuer.replace(/^https:\/\//, '').replace(/\/+$/, '')}/${NAMES[role]}`;
}

/**
 * Makes the audit keys that are missing, each in a file of its own, mode 0600. Never overwrites one: a log is bound to
 * the key that signed its first checkpoint.
 *
 * @param directory of the private keys; made with mode 0700 where it is missing
 * @returns the files that were made
 */
export function makeAuditKeys(directory: string, issuer: string): string[] {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  const missing = (['log', 'witness'] as const).filter((role) => !existsSync(join(directory, FILES[role])));
  return missing.map((role) => {
    const file = join(directory, FILES[role]);
    const secret = writeSigningKey(role, keyName(issuer, role), randomBytes(SEED_BYTES));
    writeFileSync(file, `${secret}\n`, { flag: 'wx', mode: 0o600, flush: true });
    return file;
  });
}

/** Of the audit keys that are there: what is wrong with each. */
export function findAuditKeyFaults(directory: string): KeyFault[] {
  return (['log', 'witness'] as const)
    .filter((role) => existsSync(join(directory, FILES[role])))
    .flatMap((role) => {
      try {
        loadKey(directory, role);
        return [];
      } catch (error) {
        if (error instanceof KeysError) return error.faults;
        throw error;
      }
    });
}

/** @throws {KeysError} where a key is missing, malformed, or readable by others */
export function loadAuditKeys(directory: string): OwnAuditKeys {
  return { log: loadKey(directory, 'log'), witness: loadKey(directory, 'witness') };
}

function loadKey(directory: string, role: KeyRole): SigningKey {
  const file = join(directory, FILES[role]);
  if (!existsSync(file)) {
    throw keyFault('no-key', file, 'does not exist: the audit log has no key. Run: mra audit keys');
  }
  refuseOpenFile(file);
  try {
    return readSigningKey(readFileSync(file, 'utf8').trim(), role);
  } catch (cause) {
    if (!(cause instanceof AuditError)) throw cause;
    throw keyFault('malformed', file, cause.message, cause);
  }
}
