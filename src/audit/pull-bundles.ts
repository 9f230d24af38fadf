import { AuditError } from './audit-error.ts';
import type { PartnerLog } from './partner-log.ts';
import { readBundle } from './tree/bundle.ts';
import { TILE_WIDTH, tilePath } from './tree/tile.ts';

/** Bundles asked for at once: 16 × 256 entries of some 200 bytes. */
const BUNDLES_AT_ONCE = 16;

export interface PulledBundle {
  index: number;
  bytes: Buffer;
  /** Entries of it from `from` on. */
  fresh: Buffer[];
}

/**
 * Asks a partner for the next entries of a log in bundles, as many as are asked for at once.
 *
 * @param prefix of the log on the partner's listener
 * @param from the first entry that is wanted
 * @param size of the tree that they are of
 * @throws AuditError `unanswered`, `malformed`
 */
export function pullBundles(
  partner: PartnerLog,
  prefix: string,
  from: number,
  size: number,
): Promise<PulledBundle[]> {
  const first = Math.floor(from / TILE_WIDTH);
  const last = Math.min(Math.floor((size - 1) / TILE_WIDTH), first + BUNDLES_AT_ONCE - 1);
  const indices = Array.from({ length: last - first + 1 }, (_, n) => first + n);
  return Promise.all(
    indices.map(async (index) => {
      const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH);
      const bytes = await readFromPartner(
        partner,
        `${prefix}/${tilePath({ level: 'entries', index, width })}`,
      );
      const entries = readBundle(bytes, width);
      return { index, bytes, fresh: entries.slice(Math.max(0, from - index * TILE_WIDTH)) };
    }),
  );
}

/** @throws AuditError `not-found`, `unanswered` */
export async function readFromPartner(partner: PartnerLog, address: string): Promise<Buffer> {
  const { status, body } = await partner.read(address).catch((cause: unknown) => {
    throw new AuditError('unanswered', `the partner did not answer for ${address}`, { cause });
  });
  if (status === 404) throw new AuditError('not-found', `the partner has nothing at ${address}`);
  if (status !== 200) throw new AuditError('unanswered', `the partner answered ${status} for ${address}`);
  return body;
}
