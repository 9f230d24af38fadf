import type { FastifyInstance } from 'fastify';
import { principalOf, requireScope } from '../http/authenticate.ts';
import type { Link } from '../links/link.ts';
import type { Database } from '../store/database.ts';
import type { LiveTrust } from '../tls/live-trust.ts';
import { spkiHash } from '../tls/partner-trust.ts';
import { listOwnKeys } from './own-keys.ts';
import { listPartnerKeyRows } from './partner-key-rows.ts';
import type { TrustWatch } from './watch-trust.ts';

export interface KeyRouteParts {
  database: Pick<Database, 'query'>;
  links: ReadonlyMap<string, Link>;
  trust: LiveTrust | undefined;
  watch: Pick<TrustWatch, 'alerts'>;
}

/** What operators, and who may change them, see of keys and certificates. */
export function addKeyRoutes(app: FastifyInstance, { database, links, trust, watch }: KeyRouteParts): void {
  app.get(
    '/v1/ops/keys',
    {
      config: { scope: 'any' },
      schema: {
        tags: ['operate'],
        summary: 'Keys and certificates, with their states and what stands against them',
      },
    },
    async (request) => {
      const principal = principalOf(request);
      if (!principal.scopes.has('keys')) requireScope(principal, 'operate');
      return {
        own: await listOwnKeys(database),
        partners: [...links.values()].map(describePartner),
        announced: (await listPartnerKeyRows(database)).map(({ jwk: _jwk, ...row }) => row),
        certificate: trust ? describeCertificate(trust.current.own.leaf) : null,
        alerts: await watch.alerts(),
      };
    },
  );
}

function describePartner({ id, keys, encryptionKeys, rotation, encryption }: Link): object {
  return {
    link: id,
    rotation,
    encryption,
    keys: [...keys.values()].map(({ kid, alg, thumbprint, notBefore, notAfter }) => ({
      kid,
      alg,
      thumbprint,
      notBefore: notBefore ?? null,
      notAfter: notAfter ?? null,
    })),
    encryptionKeys: encryptionKeys.map(({ kid, thumbprint, notBefore, notAfter }) => ({
      kid,
      thumbprint,
      notBefore: notBefore ?? null,
      notAfter: notAfter ?? null,
    })),
  };
}

function describeCertificate(leaf: LiveTrust['current']['own']['leaf']): object {
  return {
    subject: leaf.subject,
    spki: spkiHash(leaf),
    notBefore: new Date(leaf.validFrom),
    notAfter: new Date(leaf.validTo),
  };
}
