import type { FastifyRequest } from 'fastify';
import { ExchangeError } from '../http/exchange-errors.ts';
import type { Link } from '../links/link.ts';
import { linkOfIssuer } from '../links/link-of-issuer.ts';

/**
 * The link of a request on the exchange listener: that of the partner whose certificate the connection bears. What it
 * sends must claim to be of the same partner. Without TLS the claim alone chooses, and only whose keys then decide.
 *
 * @param jws a SET of the request, if it brings one
 * @throws {ExchangeError} `access_denied` where the SET is of another partner, `invalid_issuer` where of none
 */
export function callerLink(
  request: Pick<FastifyRequest, 'partnerLink'>,
  links: ReadonlyMap<string, Link>,
  jws?: string,
): Link {
  const claimed = linkOfIssuer(links, jws);
  if (request.partnerLink === null) {
    if (claimed) return claimed;
    throw new ExchangeError(
      400,
      'invalid_issuer',
      'no link of this gateway is with the issuer of what was sent',
    );
  }
  const link = links.get(request.partnerLink);
  if (link && (claimed === undefined || claimed === link)) return link;
  throw new ExchangeError(
    403,
    'access_denied',
    'the certificate of this connection is not that of the issuer of what was sent',
  );
}
