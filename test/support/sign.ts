import { v7 as uuidv7 } from 'uuid';
import type { EventType } from '../../src/envelope/event-types.ts';
import { signSet } from '../../src/envelope/sign-set.ts';
import type { Side } from './pair.ts';

export interface Signed {
  id: string;
  jws: string;
}

/** A SET of one side to the other, signed and not stored: what a gateway of other software might send. */
export async function signAs(
  from: Side,
  event: { type: EventType; version?: number; data: unknown },
  { subject = 'gateway', id = uuidv7() }: { subject?: string; id?: string } = {},
): Promise<Signed> {
  const [signer] = from.keyRing.keys;
  if (!signer) throw new Error('the side has no key');
  const iat = Math.floor(Date.now() / 1000);
  const { jws } = await signSet(
    { iss: from.issuer, aud: from.link.issuer, jti: id, iat, subject, event },
    signer,
  );
  return { id, jws };
}

/** The body of a multi-SET push. */
export function pushOf(sets: readonly Signed[]): string {
  return JSON.stringify({ sets: Object.fromEntries(sets.map(({ id, jws }) => [id, jws])) });
}
