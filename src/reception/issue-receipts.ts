import type { Logger } from 'pino';
import type { LaneRef } from '../delivery/claim-lane.ts';
import { CONTROL_LANE } from '../delivery/lane-of.ts';
import { sendOwnMessage } from '../delivery/send-own-message.ts';
import type { Receipt } from '../generated/messages.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Link } from '../links/link.ts';
import type { Database, Transaction } from '../store/database.ts';

/** Receipts of one message: about 160 kB of JSON, well below the 512 KiB of a SET. */
export const RECEIPTS_PER_MESSAGE_MAX = 1_000;

/** Receipts gather for this long, so that a busy link pays for one signature per thousand. Due within 2 s. */
const INTERVAL_MS = 200;

/** The sequencer numbers an entry within some 300 ms; a receipt that is due within 2 s does not wait longer than this. */
const ENTRY_WAIT_MS = 1_000;

export interface IssuingParts {
  database: Database;
  log: Logger;
  issuer: string;
  keyRing: KeyRing;
  links: readonly Link[];
  /** Name of our logs: a receipt says where they hold its message. Absent: receipts say nothing of it. */
  logName?: string;
  trigger(refs: Iterable<LaneRef>): void;
}

/** Sends the receipts owed, every moment, until disposed. */
export function runReceipts(parts: IssuingParts): AsyncDisposable {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const tick = async (): Promise<void> => {
    try {
      for (const link of parts.links) {
        while (!stopped && (await issueReceipts(parts, link)) === RECEIPTS_PER_MESSAGE_MAX);
      }
    } catch (error) {
      if (!stopped) parts.log.warn({ err: error }, 'receipts: not issued, next try in a moment');
    }
    if (!stopped) timer = setTimeout(start, INTERVAL_MS);
  };
  const start = (): void => {
    running = tick();
  };
  start();
  return {
    async [Symbol.asyncDispose]() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

/**
 * Turns receipts owed on a link into one signed message on the opposite stream, in one transaction: the debt
 * is gone when the message is in the outbox, never before.
 *
 * @returns how many receipts were issued
 */
export async function issueReceipts(parts: IssuingParts, link: Link): Promise<number> {
  const issued = await parts.database.transaction(async (tx) => {
    const owed = await takeOwed(tx, link.id, parts.logName === undefined ? 0 : ENTRY_WAIT_MS);
    if (owed.length > 0) await enqueueReceipt(tx, parts, link, owed, new Date());
    return owed.length;
  });
  if (issued > 0) parts.trigger([{ link: link.id, lane: CONTROL_LANE }]);
  return issued;
}

interface Owed {
  id: string;
  sha256: Buffer;
  outcome: 'accepted' | 'refused';
  err: string | null;
  receivedAt: Date;
  /** The log that holds the message, and where; null where it is not in the tree yet. */
  log: string | null;
  index: number | null;
}

/** @param waitMs how long a receipt waits for the message's place in the log */
export function takeOwed(tx: Transaction, link: string, waitMs: number): Promise<Owed[]> {
  return tx.query<Owed>({
    name: 'reception-take-receipts-owed',
    text: `with candidate as materialized (
             select ctid as place, id from receipt_owed where link = $1 limit $2 for update skip locked
           ), entered as materialized (
             select distinct on (message) message, log, index from audit_entry
             where message = any (array(select id from candidate))
             order by message, log desc, index
           ), owed as (
             delete from receipt_owed o
             where ctid = any (array(select place from candidate))
               and (exists (select from entered e where e.message = o.id)
                    or received_at <= now() - $3 * interval '1 ms')
             returning id, sha256, outcome, err, received_at
           )
           select id, sha256, outcome, err, received_at as "receivedAt", e.log, e.index
           from owed left join entered e on e.message = owed.id`,
    values: [link, RECEIPTS_PER_MESSAGE_MAX, waitMs],
  });
}

/** Where our log holds the message: the partner can ask for a proof of it. */
function entryOf(
  { log, index }: Owed,
  logName: string | undefined,
): Pick<Receipt['receipts'][number], 'entry'> {
  if (logName === undefined || log === null || index === null) return {};
  return { entry: { log: `${logName}/${log}`, index } };
}

async function enqueueReceipt(
  tx: Transaction,
  parts: IssuingParts,
  link: Link,
  owed: readonly Owed[],
  now: Date,
): Promise<void> {
  const receipts = owed.map((o) => ({
    jti: o.id,
    sha256: o.sha256.toString('base64url'),
    outcome: o.outcome,
    ...(o.err === null ? {} : { err: o.err }),
    receivedAt: o.receivedAt.toISOString(),
    ...entryOf(o, parts.logName),
  }));
  await sendOwnMessage(tx, parts, link, { type: 'receipt', data: { receipts } }, now, {
    kind: 'receipts-issued',
    receipts: owed.map((o) => ({ message: o.id, outcome: o.outcome })),
  });
}
