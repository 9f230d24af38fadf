import type { Logger } from 'pino';
import { type Config, loadConfig } from '../config/config.ts';
import { ConfigError } from '../config/config-error.ts';
import type { LiveKeyRing } from '../keys/live-key-ring.ts';
import { loadEncryptionKeys } from '../keys/partner-encryption-keys.ts';
import type { PartnerKeyRing } from '../keys/partner-key-ring.ts';
import { loadPartnerKeys } from '../keys/partner-keys.ts';
import type { Reloading } from '../keys/watch-trust.ts';
import type { LiveTrust } from '../tls/live-trust.ts';
import { readTrust } from '../tls/open-trust.ts';

export interface ReloadParts {
  config: Config;
  log: Logger;
  keyRing: LiveKeyRing;
  trust: LiveTrust | undefined;
  partnerKeys: PartnerKeyRing;
  reloading: Reloading;
}

/**
 * Reads again what trust stands on: our certificate and keys, and what is pinned for each link. All of it counts from
 * now on, or, where anything is wrong, none of it: the log says what, and what was trusted before goes on.
 *
 * @returns whether it was taken
 */
export async function reloadLinks(parts: ReloadParts): Promise<boolean> {
  const { config, log, keyRing, trust, partnerKeys, reloading } = parts;
  try {
    const next = await loadConfig({ file: config.file });
    const pinned = await Promise.all(
      next.links.map(async ({ id, jwks }) => ({
        id,
        keys: await loadPartnerKeys(jwks),
        encryptionKeys: await loadEncryptionKeys(jwks),
      })),
    );
    const tls = readTrust(next);
    await keyRing.reload();
    if (trust && tls) trust.replace(tls);
    for (const { id, ...keys } of pinned) partnerKeys.setFile(id, keys);
    await partnerKeys.refresh();
    reloading.failure = undefined;
    log.info('keys and certificates read again');
    if ((trust === undefined) !== (tls === undefined)) {
      log.warn('exchange.tls was added or taken away: that needs a restart');
    }
    return true;
  } catch (error) {
    reloading.failure = { at: new Date(), message: error instanceof Error ? error.message : 'unknown' };
    log.error(
      { err: error, ...(error instanceof ConfigError ? { faults: error.faults } : {}) },
      'keys and certificates not read again: those of before go on',
    );
    return false;
  }
}

/** The files and folders whose change is a reason to read again. */
export function trustFiles(config: Config): string[] {
  const { tls } = config.exchange;
  return [
    config.file,
    config.keys.private,
    ...(tls ? [tls.cert, tls.key] : []),
    ...config.links.flatMap(({ jwks, tls: partner }) => [jwks, ...(partner?.ca ? [partner.ca] : [])]),
  ];
}
