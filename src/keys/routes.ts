import type { FastifyInstance } from 'fastify';
import { principalOf, requireScope } from '../http/authenticate.ts';
import type { Link } from '../links/link.ts';
import type { Database } from '../store/database.ts';
import type { LiveTrust } from '../tls/live-trust.ts';
import { spkiHash } from '../tls/partner-trust.ts';
import { ENCRYPTION_ALG } from './decryption-keys.ts';
import type { LiveKeyRing } from './live-key-ring.ts';
import { listOwnKeys } from './own-keys.ts';
import { listPartnerKeyRows } from './partner-key-rows.ts';
import type { TrustWatch } from './watch-trust.ts';

export interface KeyRouteParts {
  database: Pick<Database, 'query'>;
  links: ReadonlyMap<string, Link>;
  keyRing: Pick<LiveKeyRing, 'decryptionKeys'>;
  trust: LiveTrust | undefined;
  watch: Pick<TrustWatch, 'alerts'>;
}

/** What operators, and who may change them, see of keys and certificates. */
export function addKeyRoutes(app: FastifyInstance, parts: KeyRouteParts): void {
  const { database, links, keyRing, trust, watch } = parts;
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
        ownEncryption: await describeEncryption(database, keyRing),
        partners: [...links.values()].map(describePartner),
        announced: (await listPartnerKeyRows(database)).map(({ jwk: _jwk, ...row }) => row),
        certificate: trust ? describeCertificate(trust.current.own.leaf) : null,
        alerts: await watch.alerts(),
      };
    },
  );
}

/** Our keys that partners encrypt to, and who has confirmed each. */
async function describeEncryption(
  database: Pick<Database, 'query'>,
  { decryptionKeys }: Pick<LiveKeyRing, 'decryptionKeys'>,
): Promise<object[]> {
  const rows = await database.query<{ kid: string; link: string; at: Date; confirmedAt: Date | null }>({
    name: 'keys-encryption-announced',
    text: `select kid, link, announced_at as at, confirmed_at as "confirmedAt" from key_announcement
           where kid = any ($1::text[]) order by link`,
    values: [decryptionKeys.map(({ kid }) => kid)],
  });
  return decryptionKeys.map(({ kid, thumbprint, notBefore, notAfter }) => ({
    kid,
    alg: ENCRYPTION_ALG,
    thumbprint,
    notBefore,
    notAfter: notAfter ?? null,
    announced: rows.flatMap(({ kid: of, ...row }) => (of === kid ? [row] : [])),
  }));
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
