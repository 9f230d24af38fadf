import { resolve } from 'node:path';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import { KeysError } from '../keys/keys-error.ts';
import { readOwnCertificate } from '../tls/own-certificate.ts';
import { loadPartnerTrust } from '../tls/partner-trust.ts';
import type { KeyFiles } from './check-key-files.ts';
import type { ConfigFault } from './config-error.ts';

/** Checks the certificates, their key and the authorities that a draft names, however wrong the rest of it is. */
export function checkTlsFiles(draft: unknown, folder: string, need: KeyFiles): ConfigFault[] {
  if (!isJsonObject(draft)) return [];
  const own = isJsonObject(draft.exchange) ? draft.exchange.tls : undefined;
  const links = Array.isArray(draft.links) ? draft.links : [];
  return [
    ...checkOwn(own, folder, need),
    ...links.flatMap((link, index) => {
      const tls = isJsonObject(link) ? link.tls : undefined;
      const ca = isJsonObject(tls) ? tls.ca : undefined;
      if (typeof ca !== 'string') return [];
      return check(`/links/${index}/tls/ca`, need, () =>
        loadPartnerTrust({ ca: resolve(folder, ca), name: '' }),
      );
    }),
  ];
}

function checkOwn(own: unknown, folder: string, need: KeyFiles): ConfigFault[] {
  const { cert, key } = isJsonObject(own) ? own : {};
  if (typeof cert !== 'string' || typeof key !== 'string') return [];
  const files = { cert: resolve(folder, cert), key: resolve(folder, key) };
  return check('/exchange/tls', need, () => readOwnCertificate(files));
}

function check(pointer: string, need: KeyFiles, read: () => unknown): ConfigFault[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof KeysError)) throw error;
    const counted =
      need === 'optional' ? error.faults.filter(({ code }) => code !== 'unreadable') : error.faults;
    return counted.map(({ message }) => ({ pointer, message }));
  }
}
