import { readFileSync } from 'node:fs';
import { createLocalJWKSet, type JWTPayload, jwtVerify } from 'jose';

export interface Trust {
  /** File of the partner's pinned keys: a copy of the gateway's `links[].jwks`. */
  jwks: string;
  /** The partner's issuer: the gateway's `links[].issuer`. */
  issuer: string;
  /** The gateway's own `issuer`: for whom the SETs are. */
  audience: string;
  /** Signature algorithms agreed with the partner: the gateway's `links[].algorithms`. */
  algorithms: string[];
}

/** A message of the partner's back end, as its gateway signed it. */
export interface PartnerMessage {
  id: string;
  subject: string;
  version: number;
  /** `urn:mra-gateway:event:<type>:v1` */
  event: string;
  data: unknown;
}

/**
 * Verifies the partner's own signature, so that nothing between the two administrations has to be believed, this
 * side's gateway included. Keys come from the pinned file alone, never from what the SET names.
 */
export function setVerifier({
  jwks,
  issuer,
  audience,
  algorithms,
}: Trust): (jws: string) => Promise<PartnerMessage> {
  const keys = createLocalJWKSet(JSON.parse(readFileSync(jwks, 'utf8')));
  return async (jws) => {
    const { payload } = await jwtVerify(jws, keys, { typ: 'secevent+jwt', issuer, audience, algorithms });
    return messageOf(payload);
  };
}

function messageOf({ jti, sub_id: subject, events }: JWTPayload): PartnerMessage {
  const [[event, content] = []] = Object.entries(
    (events ?? {}) as Record<string, { version: number; data: unknown }>,
  );
  if (jti === undefined || event === undefined || content === undefined)
    throw new Error('the token is no SET');
  const { id } = subject as { id: string };
  return { id: jti, subject: id, event, version: content.version, data: content.data };
}
