import type { Link } from '../links/link.ts';
import { AuditError } from './audit-error.ts';
import { logOfOrigin } from './log-name.ts';
import { type Policy, readPolicy, writePolicy } from './notes/policy.ts';
import { readProof } from './notes/proof-file.ts';
import { keyOfLog } from './notes/verifier-key.ts';
import type { OwnAuditKeys } from './own-audit-keys.ts';

/**
 * The policy by which we check a proof ourselves. Of a log of ours: its key, and the witness of every partner, all of
 * whom have to have cosigned; of a log of a partner: its key and our own witness.
 *
 * @throws AuditError `untrusted` where the proof is of a log that is neither
 */
export function policyFor(proof: Buffer, own: OwnAuditKeys, links: readonly Link[]): Policy {
  const { origin } = readProof(proof).checkpoint;
  const ours = logOfOrigin(own.log.verifier.name, origin);
  if (ours !== undefined) {
    const witnesses = links.flatMap(({ id, audit }) => (audit ? [[id, audit.witness] as const] : []));
    return policyOf(writePolicy([keyOfLog(own.log.verifier, ours)], new Map(witnesses)));
  }
  for (const { audit } of links) {
    const log = audit ? logOfOrigin(audit.log.name, origin) : undefined;
    if (audit && log !== undefined) {
      return policyOf(writePolicy([keyOfLog(audit.log, log)], new Map([['ours', own.witness.verifier]])));
    }
  }
  throw new AuditError(
    'untrusted',
    `the proof is of the log ${origin}, which is neither ours nor a partner's`,
  );
}

const policyOf = (text: string): Policy => readPolicy(Buffer.from(text));
