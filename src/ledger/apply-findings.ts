import { appendEntries } from '../audit/append-entries.ts';
import { type SentAgain, sendAgain } from '../delivery/send-again.ts';
import type { Link } from '../links/link.ts';
import { restateSubjects } from '../register/restate-subjects.ts';
import type { Database, Transaction } from '../store/database.ts';
import type { HeldMessage } from './read-lists.ts';

/** Messages of one transaction, and of one audit entry that names them. */
export const CHUNK = 500;

/**
 * Records answers that were lost on their way: the partner holds the messages, which were unanswered here. What was
 * answered meanwhile stays as it is.
 *
 * @returns how many were recorded
 */
export async function recordLostAnswers(
  database: Database,
  link: string,
  held: readonly HeldMessage[],
): Promise<number> {
  let recorded = 0;
  for (const chunk of chunksOf(held)) {
    recorded += await database.transaction((tx) => recordChunk(tx, link, chunk, new Date()));
  }
  return recorded;
}

async function recordChunk(
  tx: Transaction,
  link: string,
  held: readonly HeldMessage[],
  now: Date,
): Promise<number> {
  const rows = await tx.query<{ id: string; outcome: string }>({
    name: 'ledger-record-answers',
    text: `with held as (
             select * from unnest($2::uuid[], $3::text[], $4::text[]) as u(id, outcome, err)
           ), done as (
             delete from outbox o using held h where o.id = h.id and o.link = $1
           )
           insert into delivery (id, link, outcome, err, at)
           select id, $1, case outcome when 'accepted' then 'delivered' else 'refused' end, err, $5 from held
           on conflict (id, link) do nothing returning id, outcome`,
    values: [link, held.map((h) => h.jti), held.map((h) => h.outcome), held.map((h) => h.err), now],
  });
  if (rows.length === 0) return 0;
  await settleRegister(tx, link, rows, now);
  const messages = rows.map(({ id, outcome }) => ({ message: id, outcome }));
  await appendEntries(tx, [{ kind: 'ledger-answers-recorded', link, messages }], now);
  return rows.length;
}

/** A refused message gives up its cells and waits for an operator; a withdrawn one that was accepted takes its cells back. */
async function settleRegister(
  tx: Transaction,
  link: string,
  rows: readonly { id: string; outcome: string }[],
  now: Date,
): Promise<void> {
  const idsOf = (outcome: string) => rows.filter((row) => row.outcome === outcome).map((row) => row.id);
  const refused = idsOf('refused');
  await keepDeadLetters(tx, link, refused, now);
  await restateSubjects(tx, link, refused, { stands: false, now });
  const withdrawn = await tx.query<{ id: string }>({
    name: 'ledger-withdrawn-and-held',
    text: 'select id from withdrawal where link = $1 and id = any ($2::uuid[])',
    values: [link, idsOf('delivered')],
  });
  const ids = withdrawn.map((row) => row.id);
  await restateSubjects(tx, link, ids, { stands: true, now });
  await markVoidsMoot(tx, link, ids);
}

/** Refused messages wait for an operator, with what the partner answered. */
export async function keepDeadLetters(
  tx: Transaction,
  link: string,
  ids: readonly string[],
  now: Date,
): Promise<void> {
  if (ids.length === 0) return;
  await tx.query({
    name: 'ledger-keep-dead-letters',
    text: `insert into dead_letter (link, id, err, description, at)
           select link, id, err, description, $3 from delivery where link = $1 and id = any ($2::uuid[])
           on conflict (link, id) do nothing`,
    values: [link, ids, now],
  });
}

/** Voids of messages that are held after all: the message counts. */
async function markVoidsMoot(tx: Transaction, link: string, messages: readonly string[]): Promise<void> {
  if (messages.length === 0) return;
  await tx.query({
    name: 'ledger-mark-voids-moot',
    text: 'update version_void set moot = true where link = $1 and message = any ($2::uuid[])',
    values: [link, messages],
  });
}

/**
 * Puts messages that the partner answered and no longer holds back into their lanes: the same bytes, refused ones
 * too. Their answers stay on record; the new one changes nothing.
 *
 * @returns how many wait now, and in which lanes
 */
export async function sendLostAgain(
  database: Database,
  link: Link,
  ids: readonly string[],
): Promise<SentAgain> {
  const sent: SentAgain = { ids: [], lanes: [] };
  for (const chunk of chunksOf(ids)) {
    const queued = await database.transaction(async (tx) => {
      const now = new Date();
      const again = await sendAgain(tx, link, chunk, now);
      if (again.ids.length > 0) {
        const entry = { kind: 'ledger-sent-again', link: link.id, messages: again.ids };
        await appendEntries(tx, [entry], now);
      }
      return again;
    });
    sent.ids.push(...queued.ids);
    sent.lanes.push(...queued.lanes);
  }
  return sent;
}

export function* chunksOf<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += CHUNK) yield items.slice(from, from + CHUNK);
}
