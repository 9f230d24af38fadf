import type { Link } from '../../src/links/link.ts';
import { addExchangeRoutes, type ReceptionRouteParts } from '../../src/reception/routes.ts';
import { addSsfRoutes } from '../../src/reception/ssf-routes.ts';
import { requirePartner } from '../../src/tls/require-partner.ts';
import { startTestServer, type TestServer } from './http.ts';
import type { Side } from './pair.ts';

export interface ExchangeServer extends TestServer {
  /** Verification events that the partner asked for. */
  verifications: { link: string; state: string | undefined }[];
}

/** The exchange listener of a side, without TLS, over real HTTP. */
export async function startExchange(
  side: Side,
  more: Partial<ReceptionRouteParts> = {},
): Promise<ExchangeServer> {
  const links = new Map<string, Link>([[side.link.id, side.link]]);
  const verifications: ExchangeServer['verifications'] = [];
  const started = await startTestServer('exchange', (server) => {
    requirePartner(server, undefined);
    addExchangeRoutes(server, {
      database: side.db.database,
      log: server.log,
      party: side.party,
      issuer: side.issuer,
      links,
      jwks: () => ({ keys: side.keyRing.keys.map((key) => key.publicJwk) }),
      now: () => new Date(),
      handlers: side.handlers,
      ...more,
    });
    addSsfRoutes(server, {
      issuer: side.issuer,
      links,
      sendVerification: ({ id }, state) => verifications.push({ link: id, state }),
    });
  });
  return { ...started, verifications };
}
