import { readFileSync } from 'node:fs';
import { keyFault } from '../keys/keys-error.ts';
import { AuditError } from './audit-error.ts';
import { readPolicy, writePolicy } from './notes/policy.ts';
import type { VerifierKey } from './notes/verifier-key.ts';
import type { OwnAuditKeys } from './own-audit-keys.ts';

/** A partner's keys of the audit log, pinned. */
export interface PartnerAuditKeys {
  /** Signs the partner's checkpoints; each of its logs under its own name. */
  log: VerifierKey;
  /** Cosigns ours. */
  witness: VerifierKey;
}

/**
 * Reads what the partner's `mra audit keys` printed: a policy (C2SP tlog-policy) of one log and one witness.
 *
 * @throws {KeysError}
 */
export function loadPartnerAuditKeys(file: string): PartnerAuditKeys {
  const { logs, witnesses } = readKeys(file);
  const [log, ...otherLogs] = logs;
  const [witness, ...otherWitnesses] = [...witnesses.values()];
  if (!log || !witness || otherLogs.length > 0 || otherWitnesses.length > 0) {
    throw keyFault(
      'malformed',
      file,
      'must name one log and one witness, as mra audit keys of the partner prints them',
    );
  }
  if (log.bytes.equals(witness.bytes)) {
    throw keyFault(
      'malformed',
      file,
      'has one key for log and witness: the partner must make two, with mra audit keys',
    );
  }
  return { log, witness };
}

function readKeys(file: string) {
  try {
    return readPolicy(readFileSync(file));
  } catch (cause) {
    if (cause instanceof AuditError) throw keyFault('malformed', file, cause.message, cause);
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    throw keyFault(
      'unreadable',
      file,
      `${reason}. It holds what mra audit keys of the partner prints`,
      cause,
    );
  }
}

/** What a party hands to its partners; see loadPartnerAuditKeys. */
export function writePublicAuditKeys({ log, witness }: OwnAuditKeys, party: string): string {
  return writePolicy([log.verifier], new Map([[party.toLowerCase(), witness.verifier]]));
}
