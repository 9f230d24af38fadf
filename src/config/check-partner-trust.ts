import { isJsonObject } from '../envelope/parse-strict-json.ts';
import type { ConfigFault } from './config-error.ts';

/** Base64 of 32 bytes. */
const spkiShape = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/**
 * With `exchange.tls` every link says by what its partner's certificate is known, and no certificate can be that of
 * two; without, none does. The draft need not have the right shape.
 */
export function checkPartnerTrust(own: unknown, links: readonly unknown[]): ConfigFault[] {
  const known = new Set<string>();
  return links.flatMap((link, index) => {
    const { tls, issuer, exchangeUrl } = isJsonObject(link) ? link : {};
    const at = `/links/${index}`;
    if (own === undefined) {
      if (tls === undefined) return [];
      return [{ pointer: `${at}/tls`, message: 'needs exchange.tls: without it there is no TLS' }];
    }
    const faults: ConfigFault[] = [];
    if (typeof exchangeUrl === 'string' && URL.parse(exchangeUrl)?.protocol === 'http:') {
      faults.push({ pointer: `${at}/exchangeUrl`, message: 'must be https, because exchange.tls is set' });
    }
    if (tls === undefined) {
      const message = 'is missing: with exchange.tls each partner is known by ca, by spki, or by both';
      return [...faults, { pointer: `${at}/tls`, message }];
    }
    if (!isJsonObject(tls)) return faults;
    return [...faults, ...checkPins(`${at}/tls`, tls, issuer, known)];
  });
}

function checkPins(
  pointer: string,
  { ca, spki, name }: Record<string, unknown>,
  issuer: unknown,
  known: Set<string>,
): ConfigFault[] {
  const faults: ConfigFault[] = [];
  if (ca === undefined && spki === undefined) {
    faults.push({ pointer, message: 'names neither ca nor spki: every certificate would do' });
  }
  if (spki === undefined && typeof ca === 'string') {
    const host = typeof name === 'string' ? name : typeof issuer === 'string' && URL.parse(issuer)?.hostname;
    const message = 'is the name of another link in a certificate: set another name, or pin spki';
    if (host && !add(known, `name ${host.toLowerCase()}`)) {
      faults.push({ pointer: `${pointer}/name`, message });
    }
  }
  for (const [index, pin] of (Array.isArray(spki) ? spki : []).entries()) {
    if (typeof pin !== 'string') continue;
    const at = `${pointer}/spki/${index}`;
    if (!spkiShape.test(pin)) faults.push({ pointer: at, message: 'must be a SHA-256 in base64' });
    else if (!add(known, pin)) faults.push({ pointer: at, message: 'is pinned for another link' });
  }
  return faults;
}

/** @returns whether it was new */
function add(set: Set<string>, value: string): boolean {
  if (set.has(value)) return false;
  set.add(value);
  return true;
}
