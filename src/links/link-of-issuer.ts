import { decodeJwt } from 'jose';
import type { Link } from './link.ts';

/**
 * The link that a SET claims to be of, by its `iss`. The claim only chooses whose keys the signature is then
 * verified with: nothing else follows from it.
 *
 * @returns undefined where no link has that issuer; the only link of a gateway that has one, whatever the SET says
 */
export function linkOfIssuer(links: ReadonlyMap<string, Link>, jws: string | undefined): Link | undefined {
  const [only, ...others] = links.values();
  if (others.length === 0) return only;
  const issuer = claimedIssuer(jws);
  return [only, ...others].find((link) => link?.issuer === issuer);
}

function claimedIssuer(jws: string | undefined): string | undefined {
  if (jws === undefined) return undefined;
  try {
    return decodeJwt(jws).iss;
  } catch {
    return undefined;
  }
}
