import { hash } from 'node:crypto';

/** SHA-256. */
export const HASH_BYTES = 32;

/** Root of the tree without entries (RFC 6962, 2.1): SHA-256 of nothing. */
export const EMPTY_ROOT: Buffer = hash('sha256', '', 'buffer');

// The bytes 0 and 1 before entries and pairs keep one from passing for the other. One scratch buffer for each
// saves an allocation a hash, which at a million entries is a second.
const leafInput = Buffer.alloc(1 + 0xffff);
const nodeInput = Buffer.alloc(1 + 2 * HASH_BYTES, 1);

/** Hash of an entry as a leaf: SHA-256(0x00 ‖ entry). An entry has at most 65,535 bytes, as its bundle counts them. */
export function leafHash(entry: Uint8Array): Buffer {
  if (entry.length > 0xffff) throw new RangeError('an entry of the log has at most 65,535 bytes');
  leafInput.set(entry, 1);
  return hash('sha256', leafInput.subarray(0, 1 + entry.length), 'buffer');
}

/** Hash of two subtrees side by side: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + HASH_BYTES);
  return hash('sha256', nodeInput, 'buffer');
}

/** Root of 1, 2, 4 … hashes that stand one after another. */
export function perfectRoot(hashes: Buffer): Buffer {
  let level = hashes;
  while (level.length > HASH_BYTES) {
    const above = Buffer.allocUnsafe(level.length / 2);
    for (let at = 0; at < above.length; at += HASH_BYTES) {
      nodeInput.set(level.subarray(2 * at, 2 * at + 2 * HASH_BYTES), 1);
      above.set(hash('sha256', nodeInput, 'buffer'), at);
    }
    level = above;
  }
  return level;
}
