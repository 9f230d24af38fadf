import type { Link } from '../links/link.ts';

/** Encryption makes a SET a third longer, and adds a header with a key. */
const SEALED_GROWTH = 1.5;
/** Names and punctuation around the SETs of a request, which the link's own limit counts only in part. */
const FRAME_BYTES = 65_536;

/** The largest body that the exchange listener takes: the largest batch that any link may send. */
export function bodyBytesMax(links: Iterable<Pick<Link, 'batchBytesMax' | 'encryption'>>): number {
  let max = 0;
  for (const { batchBytesMax, encryption } of links) {
    max = Math.max(max, encryption === 'none' ? batchBytesMax : batchBytesMax * SEALED_GROWTH);
  }
  return Math.ceil(max) + FRAME_BYTES;
}
