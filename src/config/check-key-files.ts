import { resolve } from 'node:path';
import { findAuditKeyFaults } from '../audit/own-audit-keys.ts';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import { loadDecryptionKeys } from '../keys/decryption-keys.ts';
import { loadKeyRing } from '../keys/key-ring.ts';
import { type KeyFault, KeysError } from '../keys/keys-error.ts';
import { loadPartnerKeys } from '../keys/partner-keys.ts';
import type { ConfigFault } from './config-error.ts';
import { Secret } from './secrets.ts';

/**
 * Whether keys must be there: `required` to run a gateway; `optional` for the commands that make and pin them, which
 * still refuse keys that are there and wrong.
 */
export type KeyFiles = 'required' | 'optional';

/** Checks the files of keys that a draft names, however wrong the rest of it is. */
export async function checkKeyFiles(draft: unknown, folder: string, need: KeyFiles): Promise<ConfigFault[]> {
  if (!isJsonObject(draft)) return [];
  const { private: own, passphrase } = isJsonObject(draft.keys) ? draft.keys : {};
  const secret = typeof passphrase === 'string' ? new Secret(passphrase) : undefined;
  const links = Array.isArray(draft.links) ? draft.links : [];
  const found = await Promise.all([
    typeof own === 'string' ? checkOwnKeys(resolve(folder, own), need, secret) : [],
    ...links.map((link, index) => {
      const jwks = isJsonObject(link) ? link.jwks : undefined;
      return typeof jwks === 'string'
        ? checkPartnerKeys(`/links/${index}/jwks`, resolve(folder, jwks), need)
        : [];
    }),
  ]);
  return found.flat();
}

async function checkOwnKeys(
  directory: string,
  need: KeyFiles,
  passphrase: Secret | undefined,
): Promise<ConfigFault[]> {
  const pointer = '/keys/private';
  const auditFaults = findAuditKeyFaults(directory).map(({ message }) => ({ pointer, message }));
  try {
    const ring = await loadKeyRing(directory, passphrase);
    await loadDecryptionKeys(directory, passphrase);
    if (ring.keys.length > 0 || need === 'optional') return auditFaults;
    return [
      { pointer, message: `${directory} holds no private key. Run: mra keys generate` },
      ...auditFaults,
    ];
  } catch (error) {
    return [...faultsOf(error).map(({ message }) => ({ pointer, message })), ...auditFaults];
  }
}

async function checkPartnerKeys(pointer: string, file: string, need: KeyFiles): Promise<ConfigFault[]> {
  try {
    await loadPartnerKeys(file);
    return [];
  } catch (error) {
    const faults = faultsOf(error);
    const counted = need === 'optional' ? faults.filter(({ code }) => code !== 'unreadable') : faults;
    return counted.map(({ code, message }) => ({
      pointer,
      message: code === 'unreadable' ? `${message}. Run: mra keys import` : message,
    }));
  }
}

function faultsOf(error: unknown): readonly KeyFault[] {
  if (error instanceof KeysError) return error.faults;
  throw error;
}
