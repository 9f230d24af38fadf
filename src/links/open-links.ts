import { loadPartnerAuditKeys } from '../audit/partner-audit-keys.ts';
import type { LinkConfig } from '../config/config.ts';
import { loadEncryptionKeys } from '../keys/partner-encryption-keys.ts';
import { loadPartnerKeys } from '../keys/partner-keys.ts';
import type { Link } from './link.ts';

/** Loads the pinned keys of each configured link. @returns the links by id */
export async function openLinks(configs: readonly LinkConfig[]): Promise<Map<string, Link>> {
  const links = await Promise.all(
    configs.map(
      async ({ auditKeys, ...config }): Promise<Link> => ({
        ...config,
        keys: await loadPartnerKeys(config.jwks),
        encryptionKeys: await loadEncryptionKeys(config.jwks),
        ...(auditKeys === undefined ? {} : { audit: loadPartnerAuditKeys(auditKeys) }),
      }),
    ),
  );
  return new Map(links.map((link) => [link.id, link]));
}
