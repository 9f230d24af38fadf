import type { Issue } from '../contract/issue.ts';
import type { VerifiedSet } from '../envelope/verify-set.ts';
import { byteaArray, columnArray, plainTextArray } from '../store/array-literal.ts';
import { copyTarget } from '../store/copy-rows.ts';
import type { Transaction } from '../store/database.ts';
import { StoreError } from '../store/errors.ts';
import { refusalOf } from './incoming.ts';

/** One verified message to be stored, whatever became of it. */
export interface IncomingRow {
  set: VerifiedSet;
  urgent: boolean;
  /** Empty where the message is accepted. */
  errors: readonly Issue[];
  warnings: readonly Issue[];
  /** Receipts are not receipted; everything else is. */
  receiptOwed: boolean;
  /** Whether back ends read it: business messages that were accepted. */
  inFeed: boolean;
}

interface Batch {
  link: string;
  at: Date;
}

const MESSAGES = copyTarget<IncomingRow, Batch>('message', (type) => ({
  id: type.uuid((r) => r.set.jti),
  link: type.text((_, { link }) => link),
  direction: type.text(() => 'in'),
  type: type.text((r) => r.set.event.type),
  subject: type.text((r) => r.set.subject),
  version: type.bigint((r) => r.set.event.version ?? null),
  outcome: type.text((r) => outcomeOf(r)),
  txn: type.text((r) => r.set.txn ?? null),
  urgent: type.bool((r) => r.urgent),
  kid: type.text((r) => r.set.kid),
  sha256: type.bytea((r) => r.set.sha256),
  jws: type.text((r) => r.set.jws),
  warnings: type.json((r) => (r.warnings.length > 0 ? JSON.stringify(r.warnings) : null)),
  refusal: type.json((r) => (r.errors.length > 0 ? JSON.stringify(refusalOf(r.errors)) : null)),
  at: type.instant((_, { at }) => at),
}));

const FEED_PENDING = copyTarget<IncomingRow, Batch>('feed_pending', (type) => ({
  link: type.text((_, { link }) => link),
  id: type.uuid((r) => r.set.jti),
  type: type.text((r) => r.set.event.type),
}));

/**
 * Stores messages with the receipts owed for them and their place in the queue for the feed. The unique key
 * (id, link, direction) is the judge of what is new.
 *
 * @returns whether all of them were new; if not, another request stored one meanwhile: the transaction has failed, and
 *   the caller starts over
 */
export async function storeIncoming(
  tx: Transaction,
  link: string,
  rows: readonly IncomingRow[],
  at: Date,
): Promise<boolean> {
  try {
    await tx.copy(MESSAGES, rows, { link, at });
  } catch (error) {
    // Without a name it is another fault, such as a month that has no partition.
    if (error instanceof StoreError && error.code === 'constraint' && error.constraint) return false;
    throw error;
  }
  await oweReceipts(
    tx,
    link,
    rows.filter((r) => r.receiptOwed),
    at,
  );
  await tx.copy(
    FEED_PENDING,
    rows.filter((r) => r.inFeed),
    { link, at },
  );
  return true;
}

async function oweReceipts(
  tx: Transaction,
  link: string,
  owed: readonly IncomingRow[],
  at: Date,
): Promise<void> {
  if (owed.length === 0) return;
  await tx.query({
    name: 'reception-owe-receipts',
    text: `insert into receipt_owed (link, id, sha256, outcome, err, received_at)
           select $1, u.*, $6 from unnest($2::uuid[], $3::bytea[], $4::text[], $5::text[]) as u
           on conflict (link, id) do nothing`,
    values: [
      link,
      plainTextArray(owed.map((r) => r.set.jti)),
      byteaArray(owed.map((r) => r.set.sha256)),
      columnArray(owed.map(outcomeOf)),
      columnArray(owed.map((r) => (r.errors.length > 0 ? refusalOf(r.errors).err : null))),
      at,
    ],
  });
}

function outcomeOf({ errors }: IncomingRow): 'accepted' | 'refused' {
  return errors.length > 0 ? 'refused' : 'accepted';
}
