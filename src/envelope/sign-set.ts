import { hash } from 'node:crypto';
import type { Algorithm } from './algorithms.ts';
import { type EventType, eventUri } from './event-types.ts';
import type { RemoteKey } from './remote-key.ts';
import { signCompact } from './sign-compact.ts';

/** A key of our own that signs. */
export interface Signer {
  kid: string;
  alg: Algorithm;
  /** RFC 7638, SHA-256, base64url. */
  thumbprint: string;
  /** Private; or elsewhere. */
  key: CryptoKey | RemoteKey;
}

/** What a SET of ours says. */
export interface SetContent {
  /** Our issuer. */
  iss: string;
  /** The partner's issuer. */
  aud: string;
  /** The message id, a UUIDv7 whose time is within a day of `iat`. */
  jti: string;
  /** Whole seconds since 1970. */
  iat: number;
  /** When the event happened, seconds since 1970. */
  toe?: number;
  /** The back end's case number. */
  txn?: string;
  /** `sub_id.id`: the enterprise, the validation, or `gateway`. */
  subject: string;
  /** `data`, or its JSON where the caller has made it already. */
  event: { type: EventType; version?: number } & ({ data: unknown } | { dataText: string });
}

export interface SignedSet {
  /** The compact JWS: ASCII, stored and sent as it is. */
  jws: string;
  /** Over those bytes. */
  sha256: Buffer;
}

/** Signs a SET once, when it is accepted; every later attempt sends these bytes (protocol.md 1). */
export async function signSet(content: SetContent, signer: Signer): Promise<SignedSet> {
  const { alg, kid, key } = signer;
  const jws = await signCompact({ alg, kid, typ: 'secevent+jwt' }, payloadOf(content), key);
  return { jws, sha256: hash('sha256', jws, 'buffer') };
}

/** Members that are undefined are not written by JSON.stringify. */
function payloadOf({ iss, aud, jti, iat, toe, txn, subject, event }: SetContent): string {
  const claims = JSON.stringify({ iss, aud, jti, iat, toe, txn, sub_id: { format: 'opaque', id: subject } });
  const uri = JSON.stringify(eventUri(event.type));
  return `${claims.slice(0, -1)},"events":{${uri}:${eventText(event)}}}`;
}

function eventText(event: SetContent['event']): string {
  const data = 'dataText' in event ? event.dataText : JSON.stringify(event.data);
  if (event.type === 'verification') return data;
  return event.version === undefined ? `{"data":${data}}` : `{"version":${event.version},"data":${data}}`;
}
