import { SetError } from '../envelope/set-error.ts';
import type { Link } from '../links/link.ts';
import type { SetErr } from './incoming.ts';
import { type ReceptionParts, storeVerified, verifyFresh } from './receive-sets.ts';

/**
 * Receives one SET, pushed alone (RFC 8935): the checks, effects and answers of a multi-SET push with just this one.
 * The verification event, the ping, is checked like any other word of the partner's, and not stored.
 *
 * @returns undefined where it is taken, else the body of the error
 */
export async function receiveEvent(
  parts: ReceptionParts,
  link: Link,
  jws: string,
): Promise<SetErr | undefined> {
  const [set] = await verifyFresh(parts, link, [jws]);
  if (!set || set instanceof SetError) {
    const { code, description } = set ?? new SetError('invalid_set', 'there is no SET');
    parts.log.warn({ link: link.id, code }, `not taken: ${description}`);
    return { err: code, description };
  }
  if (set.event.type === 'verification') return undefined;
  const { setErrs } = await storeVerified(parts, link, [set]);
  return setErrs[set.jti];
}
