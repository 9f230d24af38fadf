import type { SetEvent } from './check-event.ts';
import { eventTypeOf } from './event-types.ts';

/** What a SET from our own store says. The signature was verified, or made, when it was stored; not again here. */
export interface UnverifiedContent {
  kid: string;
  alg: string;
  iss: string;
  aud: string | string[];
  jti: string;
  iat: number;
  toe?: number;
  txn?: string;
  subject: string;
  event: SetEvent;
}

interface StoredClaims {
  iss: string;
  aud: string | string[];
  jti: string;
  iat: number;
  toe?: number;
  txn?: string;
  sub_id: { id: string };
  events: Record<string, { version?: number; data: unknown }>;
}

/**
 * Decodes a SET that this gateway stored, without looking at its signature. Never for one that has just arrived:
 * that is verifySet.
 */
export function readStoredSet(jws: string): UnverifiedContent {
  const [header = '', payload = ''] = jws.split('.', 2);
  const { kid, alg }: { kid: string; alg: string } = decode(header);
  const { sub_id, events, iss, aud, jti, iat, toe, txn }: StoredClaims = decode(payload);
  const [entry] = Object.entries(events);
  const type = entry && eventTypeOf(entry[0]);
  if (!entry || type === undefined) throw new TypeError(`stored SET ${jti} holds no event`);
  const [, event] = entry;
  const content = type === 'verification' ? { data: event } : event;
  return {
    kid,
    alg,
    iss,
    aud,
    jti,
    iat,
    ...(toe === undefined ? {} : { toe }),
    ...(txn === undefined ? {} : { txn }),
    subject: sub_id.id,
    event: {
      type,
      ...(content.version === undefined ? {} : { version: content.version }),
      data: content.data,
    },
  };
}

function decode(segment: string) {
  return JSON.parse(Buffer.from(segment, 'base64url').toString());
}
