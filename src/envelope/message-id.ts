import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

/** The canonical text of a UUIDv7, lower case: another spelling of the same id would be another `jti`. */
const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export function isMessageId(value: unknown): value is string {
  return typeof value === 'string' && shape.test(value);
}

/** @returns the time in a UUIDv7 (RFC 9562, 5.7), milliseconds since 1970 */
export function uuidTime(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

const RANDOM_BYTES = 16;
const pool = new Uint8Array(RANDOM_BYTES * 256);
let used = pool.length;
let last = { msecs: 0, seq: 0 };

/**
 * A UUIDv7 (RFC 9562, 5.7); greater than every one that this process drew before. Randomness is drawn for 256 at a
 * time: a draw for each was 10 µs of an acceptance.
 */
export function newMessageId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, used + RANDOM_BYTES);
  used += RANDOM_BYTES;
  const now = Date.now();
  // 32 bits of sequence begin anew at random in each millisecond, in their lower half, so that none runs over.
  last =
    now > last.msecs
      ? { msecs: now, seq: new DataView(random.buffer, random.byteOffset).getUint32(6) >>> 1 }
      : { msecs: last.msecs, seq: last.seq + 1 };
  return v7({ random, ...last });
}
