import type { Socket } from 'node:net';
import { buildConnector, Pool } from 'undici';
import type { LiveTrust } from './live-trust.ts';
import { handshakeOptions, presentedBy } from './partner-socket.ts';
import { whyNotPartner } from './partner-trust.ts';

export interface PartnerPoolOptions {
  connections: number;
  connectTimeoutMs: number;
  /** For the head of an answer, and between parts of its body. */
  answerTimeoutMs: number;
  /** Absent where the partner is spoken to without TLS. */
  tls?: { trust: LiveTrust; link: string };
}

/** Kept connections to one partner. When the trust is replaced, requests under way finish on the old ones. */
export class PartnerPool {
  readonly #origin: string;
  readonly #options: PartnerPoolOptions;
  #pool: Pool;

  constructor(origin: string, options: PartnerPoolOptions) {
    this.#origin = origin;
    this.#options = options;
    this.#pool = this.#open();
    options.tls?.trust.onReplaced(() => {
      const old = this.#pool;
      this.#pool = this.#open();
      void old.close();
    });
  }

  request(options: Parameters<Pool['request']>[0]): ReturnType<Pool['request']> {
    return this.#pool.request(options);
  }

  destroy(): Promise<void> {
    return this.#pool.destroy();
  }

  #open(): Pool {
    const { connections, connectTimeoutMs, answerTimeoutMs, tls } = this.#options;
    return new Pool(this.#origin, {
      connections,
      connect: tls ? tlsConnector(tls, connectTimeoutMs) : { timeout: connectTimeoutMs },
      headersTimeout: answerTimeoutMs,
      bodyTimeout: answerTimeoutMs,
    });
  }
}

/** The partner's certificate did not show it to be the partner: nothing was sent. */
export class PartnerNotKnown extends Error {
  override readonly name = 'PartnerNotKnown';
}

function tlsConnector(
  { trust, link }: { trust: LiveTrust; link: string },
  timeout: number,
): buildConnector.connector {
  const current = trust.current;
  const partner = current.partners.get(link);
  if (!partner) throw new Error(`there is no trust for the link ${link}`);
  const connect = buildConnector({
    ...handshakeOptions(current, link),
    // A pinned key needs no authority; with one, a chain that does not lead there ends the handshake.
    rejectUnauthorized: partner.authorities.length > 0,
    // The name that counts is the link's, not the address: see whyNotPartner.
    checkServerIdentity: () => undefined,
    maxCachedSessions: 0,
    allowH2: false,
    timeout,
  });
  return (options, callback) =>
    connect(options, (error, socket) => {
      if (error || !socket) return callback(error ?? new Error('no connection'), null);
      const presented = presentedBy(socket as Socket);
      const reason = presented
        ? whyNotPartner(presented, partner, new Date())
        : 'the partner speaks no TLS; its address must be https';
      if (presented && reason === undefined) {
        trust.seen.set(link, presented.leaf);
        return callback(null, socket);
      }
      socket.destroy();
      callback(new PartnerNotKnown(`this is not the partner: ${reason}`), null);
    });
}
