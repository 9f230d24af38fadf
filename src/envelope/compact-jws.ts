import { SetError } from './set-error.ts';

/** The three segments of a compact JWS (RFC 7515, 3.1), still base64url, nothing of them trusted. */
export interface CompactJws {
  protectedHeader: string;
  payload: string;
  signature: string;
}

/** api.md: `data` 256 KiB, a SET 512 KiB. */
export const SET_BYTES_MAX = 512 * 1024;

const alphabet = /^[A-Za-z0-9_-]+$/;
/** What the last character can be when 2 or 3 of its 6 bits carry nothing and are zero. */
const lastOfTwo = 'AQgw';
const lastOfThree = 'AEIMQUYcgkosw048';

/** Splits a compact JWS of bounded size into three canonical segments. */
export function splitCompact(jws: string): CompactJws {
  if (jws.length > SET_BYTES_MAX)
    throw new SetError('invalid_set', `the SET is longer than ${SET_BYTES_MAX} bytes`);
  const first = jws.indexOf('.');
  const second = jws.indexOf('.', first + 1);
  if (first < 0 || second < 0 || jws.includes('.', second + 1)) {
    throw new SetError('invalid_set', 'the SET is not a compact JWS of three segments');
  }
  const segments = {
    protectedHeader: jws.slice(0, first),
    payload: jws.slice(first + 1, second),
    signature: jws.slice(second + 1),
  };
  if (!Object.values(segments).every(isCanonical)) {
    throw new SetError('invalid_set', 'a segment of the SET is not canonical base64url without padding');
  }
  return segments;
}

/**
 * One spelling for the same bytes: unused bits must be zero, else one signature would make many texts, each with
 * another SHA-256.
 */
function isCanonical(segment: string): boolean {
  if (!alphabet.test(segment)) return false;
  const last = segment.slice(-1);
  switch (segment.length % 4) {
    case 0:
      return true;
    case 2:
      return lastOfTwo.includes(last);
    case 3:
      return lastOfThree.includes(last);
    default:
      return false;
  }
}
