import { v7 as uuidv7 } from 'uuid';
import { appendEntries } from '../../src/audit/append-entries.ts';
import type { OwnAuditKeys } from '../../src/audit/own-audit-keys.ts';
import { applyToCells, countsAs, emptySubject, statedStanding } from '../../src/contract/cells.ts';
import { type BusinessMessage, isUrgent } from '../../src/contract/messages.ts';
import type { Party } from '../../src/contract/party.ts';
import { generateEnterprise } from '../../src/demo/generate-enterprises.ts';
import { type Signer, signSet } from '../../src/envelope/sign-set.ts';
import type { LockedSubject } from '../../src/register/lock-subjects.ts';
import { type NewVersion, writeVersions } from '../../src/register/write-versions.ts';
import { byteaArray, columnArray, plainTextArray } from '../../src/store/array-literal.ts';
import type { Database, Transaction } from '../../src/store/database.ts';

export interface FilledSide {
  party: Party;
  issuer: string;
  link: string;
  database: Database;
  connectionString: string;
  signer: Signer;
  logKey: OwnAuditKeys['log'];
}

interface Filling {
  /** The authority of the enterprises. */
  from: FilledSide;
  to: FilledSide;
  count: number;
  seed: number;
  say: (text: string) => void;
}

/** What one side keeps of a message; the bytes are the same on both. */
interface Made {
  id: string;
  type: BusinessMessage['type'];
  subject: string;
  version: number;
  urgent: boolean;
  message: BusinessMessage;
  jws: string;
  sha256: Buffer;
  at: Date;
}

const ENTERPRISES_AT_ONCE = 1_000;
const SAY_EVERY = 50_000;
/** The messages are spread over this long, up to now. */
const SPAN_MS = 28 * 86_400_000;
/** From acceptance to receipt. */
const RECEIVED_AFTER_MS = 40;
const RECEIPTED_AFTER_MS = 500;

/** Fills both registers with enterprises of one side: while one batch is written, the next is made. */
export async function fillRegister({ from, to, count, seed, say }: Filling): Promise<void> {
  const begin = Date.now() - SPAN_MS;
  let writing: Promise<unknown> = Promise.resolve();
  for (let first = 0; first < count; first += ENTERPRISES_AT_ONCE) {
    if (first % SAY_EVERY === 0) say(`${from.party}: ${first} of ${count} enterprises`);
    const at = new Date(begin + Math.floor((SPAN_MS * first) / count));
    const size = Math.min(ENTERPRISES_AT_ONCE, count - first);
    const enterprises = Array.from({ length: size }, (_, n) =>
      generateEnterprise(from.party, seed, first + n),
    );
    const messages = (
      await Promise.all(
        enterprises.flatMap((enterprise) =>
          enterprise.messages.map((message, n) => make(from, to, enterprise.id, message, n + 1, at)),
        ),
      )
    ).flat();
    const receipts = await makeReceipts(from, to, messages, at);
    await writing;
    writing = Promise.all([
      from.database.transaction((tx) => writeSender(tx, from, messages, receipts)),
      to.database.transaction((tx) => writeReceiver(tx, to, from.party, messages, receipts)),
    ]);
  }
  await writing;
}

async function make(
  from: FilledSide,
  to: FilledSide,
  subject: string,
  message: BusinessMessage,
  version: number,
  at: Date,
): Promise<Made> {
  const id = uuidv7({ msecs: at.getTime() });
  const { type, data } = message;
  const content = {
    iss: from.issuer,
    aud: to.issuer,
    jti: id,
    iat: Math.floor(at.getTime() / 1_000),
    subject,
    event: { type, version, data },
  };
  const { jws, sha256 } = await signSet(content, from.signer);
  return { id, type, subject, version, urgent: isUrgent(message), message, jws, sha256, at };
}

interface MadeReceipt {
  id: string;
  jws: string;
  sha256: Buffer;
  ids: string[];
}

/** The receiver's signed word for a thousand messages at a time. */
async function makeReceipts(
  from: FilledSide,
  to: FilledSide,
  messages: readonly Made[],
  at: Date,
): Promise<MadeReceipt[]> {
  const receipts: MadeReceipt[] = [];
  for (let first = 0; first < messages.length; first += 1_000) {
    const some = messages.slice(first, first + 1_000);
    const id = uuidv7({ msecs: at.getTime() + RECEIPTED_AFTER_MS });
    const receivedAt = new Date(at.getTime() + RECEIVED_AFTER_MS).toISOString();
    const data = {
      receipts: some.map(({ id: jti, sha256 }) => ({
        jti,
        sha256: sha256.toString('base64url'),
        outcome: 'accepted',
        receivedAt,
      })),
    };
    const iat = Math.floor((at.getTime() + RECEIPTED_AFTER_MS) / 1_000);
    const event = { type: 'receipt', data } as const;
    const content = { iss: to.issuer, aud: from.issuer, jti: id, iat, subject: 'gateway', event };
    const signed = await signSet(content, to.signer);
    receipts.push({ id, ...signed, ids: some.map((m) => m.id) });
  }
  return receipts;
}

async function writeSender(
  tx: Transaction,
  side: FilledSide,
  messages: readonly Made[],
  receipts: readonly MadeReceipt[],
): Promise<void> {
  const at = messages[0]?.at ?? new Date();
  const later = new Date(at.getTime() + RECEIPTED_AFTER_MS);
  await writeMessages(tx, side, 'out', messages.map(rowOf), side.signer.kid, at);
  await writeMessages(tx, side, 'in', receipts.map(receiptRow), 'receipt', later);
  await tx.query({
    name: 'fill-deliveries',
    text: `with delivered as (
             insert into delivery (id, link, outcome, at) select id, $2, 'delivered', $3 from unnest($1::uuid[]) id
           )
           insert into receipt (id, link, outcome, received_at, receipt_message, at)
           select u.id, $2, 'accepted', $3, u.receipt, $5 from unnest($1::uuid[], $4::uuid[]) as u(id, receipt)`,
    values: [
      plainTextArray(receipts.flatMap((r) => r.ids)),
      side.link,
      new Date(at.getTime() + RECEIVED_AFTER_MS),
      plainTextArray(receipts.flatMap((r) => r.ids.map(() => r.id))),
      later,
    ],
  });
  await writeRegister(tx, side, side.party, messages, at);
  await appendEntries(
    tx,
    messages.map((m) => ({ kind: 'message-accepted', ...entryOf(m, side), by: 'fill' })),
    at,
  );
}

async function writeReceiver(
  tx: Transaction,
  side: FilledSide,
  party: Party,
  messages: readonly Made[],
  receipts: readonly MadeReceipt[],
): Promise<void> {
  const at = new Date((messages[0]?.at ?? new Date()).getTime() + RECEIVED_AFTER_MS);
  await writeMessages(tx, side, 'in', messages.map(rowOf), 'partner', at);
  await writeMessages(tx, side, 'out', receipts.map(receiptRow), side.signer.kid, at);
  await tx.query({
    name: 'fill-feed',
    text: `with queued as (
             insert into feed_pending (link, id, type) select $1, * from unnest($2::uuid[], $3::text[])
           )
           insert into delivery (id, link, outcome, at) select id, $1, 'delivered', $5 from unnest($4::uuid[]) id`,
    values: [
      side.link,
      plainTextArray(messages.map((m) => m.id)),
      columnArray(messages.map((m) => m.type)),
      plainTextArray(receipts.map((r) => r.id)),
      at,
    ],
  });
  await writeRegister(tx, side, party, messages, at);
  await appendEntries(
    tx,
    messages.map((m) => ({ kind: 'message-received', ...entryOf(m, side), to: side.party })),
    at,
  );
}

interface MessageRow {
  id: string;
  type: string;
  subject: string;
  version: number | null;
  urgent: boolean;
  sha256: Buffer;
  jws: string;
}

const rowOf = ({ id, type, subject, version, urgent, sha256, jws }: Made): MessageRow => ({
  id,
  type,
  subject,
  version,
  urgent,
  sha256,
  jws,
});

const receiptRow = ({ id, sha256, jws }: MadeReceipt): MessageRow => ({
  id,
  type: 'receipt',
  subject: 'gateway',
  version: null,
  urgent: false,
  sha256,
  jws,
});

async function writeMessages(
  tx: Transaction,
  side: FilledSide,
  direction: 'in' | 'out',
  rows: readonly MessageRow[],
  kid: string,
  at: Date,
): Promise<void> {
  await tx.query({
    name: 'fill-messages',
    text: `insert into message (id, link, direction, type, subject, version, outcome, urgent, kid, sha256, jws, at)
           select id, $1, $2, type, subject, version, 'accepted', urgent, $3, sha256, jws, $4
           from unnest($5::uuid[], $6::text[], $7::text[], $8::bigint[], $9::boolean[], $10::bytea[], $11::text[])
             as u(id, type, subject, version, urgent, sha256, jws)`,
    values: [
      side.link,
      direction,
      kid,
      at,
      plainTextArray(rows.map((r) => r.id)),
      columnArray(rows.map((r) => r.type)),
      columnArray(rows.map((r) => r.subject)),
      columnArray(rows.map((r) => r.version)),
      columnArray(rows.map((r) => r.urgent)),
      byteaArray(rows.map((r) => r.sha256)),
      plainTextArray(rows.map((r) => r.jws)),
    ],
  });
}

async function writeRegister(
  tx: Transaction,
  side: FilledSide,
  party: Party,
  messages: readonly Made[],
  at: Date,
): Promise<void> {
  const subjects = new Map<string, LockedSubject>();
  const versions = messages.map(({ id, type, subject, version, message }): NewVersion => {
    const key = { link: side.link, party, subject };
    const row = subjects.get(subject) ?? {
      ...key,
      kind: 'enterprise',
      stored: false,
      state: emptySubject,
      storedDetails: null,
      versionsHeld: 0,
    };
    row.state = applyToCells(row.state, message, { version, messageId: id, at });
    row.versionsHeld += 1;
    subjects.set(subject, row);
    const standing = statedStanding(message);
    return {
      ...key,
      version,
      countsAs: countsAs(message, version),
      messageId: id,
      type,
      refused: false,
      standing,
    };
  });
  await writeVersions(tx, versions, [...subjects.values()], at);
}

function entryOf({ id, type, subject, version, sha256 }: Made, { link }: FilledSide) {
  return { message: id, link, type, subject, version, sha256: sha256.toString('base64url') };
}
