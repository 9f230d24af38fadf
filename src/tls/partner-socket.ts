import { constants } from 'node:crypto';
import type { Socket } from 'node:net';
import { type SecureContextOptions, TLSSocket } from 'node:tls';
import type { TlsTrust } from './live-trust.ts';
import type { Presented } from './partner-trust.ts';

/** Certificate, key and authorities for a handshake, at either end. */
export function handshakeOptions({ own, partners }: TlsTrust, link?: string): SecureContextOptions {
  const trusts = link === undefined ? [...partners.values()] : [partners.get(link)];
  const authorities = trusts.flatMap((trust) => trust?.authorities ?? []);
  return {
    cert: own.certPem,
    key: own.keyPem,
    minVersion: 'TLSv1.3',
    // Without resumption every connection shows its certificate, and a pin that is taken away is away.
    secureOptions: constants.SSL_OP_NO_TICKET,
    // No authority: only keys are pinned, and no chain counts.
    ca: authorities.map((authority) => authority.toString()),
  };
}

/** What the other end of a connection showed; undefined for one without TLS or without a certificate. */
export function presentedBy(socket: Socket): Presented | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const leaf = socket.getPeerX509Certificate();
  return leaf && { leaf, chainVerified: socket.authorized };
}
