import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Party } from '../../src/contract/party.ts';

/** A message that a gateway accepted, as its back end remembers it: outside of both databases. */
export interface AcceptedMessage {
  id: string;
  from: Party;
  subject: string;
  version: number;
  /** SHA-256 of the canonical data. */
  data: string;
}

export type Ledger = Map<string, AcceptedMessage>;

export function digestOf(data: unknown): string {
  return createHash('sha256')
    .update(canonicalize(data) ?? '')
    .digest('base64url');
}
