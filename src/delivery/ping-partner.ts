import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { signSet } from '../envelope/sign-set.ts';
import { readActiveSigner } from '../keys/active-signer.ts';
import type { KeyRing, Signer } from '../keys/key-ring.ts';
import type { Link } from '../links/link.ts';
import type { Database } from '../store/database.ts';
import type { PartnerConnection } from './send-sets.ts';

export interface Pinged {
  ok: boolean;
  /** Milliseconds until the answer was read. */
  roundTripMs: number | null;
  /** The partner's clock less ours in ms, from `Mra-Time`, taking half of the round trip for the way there. */
  skewMs: number | null;
  /** Contract edition that the partner understands, from `Mra-Edition`. */
  edition: string | null;
  status: number | null;
  error: string | null;
}

/** Signs a ping with the key that is active now, and sends it. */
export async function pingWithActiveKey(
  { database, keyRing, issuer }: { database: Database; keyRing: KeyRing; issuer: string },
  link: Link,
  connection: PartnerConnection,
  data?: object,
): Promise<Pinged> {
  const signer = await database.transaction((tx) => readActiveSigner(tx, keyRing));
  return pingPartner(link, connection, issuer, signer, data);
}

/**
 * Sends the SSF verification event (SSF 1.0, 8.1.4) alone to the partner's `/exchange/events`. It shows that the
 * partner is there and takes our word for ours; it is not stored on either side.
 */
export async function pingPartner(
  link: Link,
  connection: PartnerConnection,
  issuer: string,
  signer: Signer,
  data: object = { state: randomUUID() },
): Promise<Pinged> {
  const sentAt = Date.now();
  const { jws } = await signSet(
    {
      iss: issuer,
      aud: link.issuer,
      jti: uuidv7(),
      iat: Math.floor(sentAt / 1000),
      subject: 'gateway',
      event: { type: 'verification', data },
    },
    signer,
  );
  try {
    const { status, headers, body, ms } = await connection.post(
      '/exchange/events',
      'application/secevent+jwt',
      jws,
    );
    const time = Number(headers['mra-time']);
    const edition = headers['mra-edition'];
    const ok = status === 202;
    return {
      ok,
      roundTripMs: ms,
      skewMs:
        headers['mra-time'] !== undefined && Number.isFinite(time)
          ? Math.round(time - (Date.now() - ms / 2))
          : null,
      edition: typeof edition === 'string' ? edition : null,
      status,
      error: ok ? null : body.slice(0, 500) || `partner answered ${status}`,
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : 'no answer';
    return { ok: false, roundTripMs: null, skewMs: null, edition: null, status: null, error: message };
  }
}
