import { appendEntries } from '../audit/append-entries.ts';
import { isBusinessType } from '../contract/messages.ts';
import { readStoredSet } from '../envelope/read-set.ts';
import type { Database, Transaction } from '../store/database.ts';
import { acceptMessages } from '../submission/accept-messages.ts';
import { readSubmission } from '../submission/read-submission.ts';
import type { CheckedSubmission } from '../submission/submission.ts';
import type { SubmittingParts } from '../submission/submit-messages.ts';
import { CHUNK } from './apply-findings.ts';
import { RECOVERED, RECOVERING } from './take-back.ts';

/** A message that could not be accepted again: what it says does not fit what was put back before it. */
export interface NotAcceptedAgain {
  id: string;
  subject: string;
  detail: string;
}

interface DisplacedRow {
  id: string;
  subject: string;
  type: string;
  txn: string | null;
  jws: string | null;
}

/**
 * Accepts messages that the recovery took out of their lanes again, in their old order, as new ones: new id, next
 * version, same case number. A crash leaves the rest withdrawn without a replacement, by which they are found again.
 *
 * @returns how many were, and which cannot be
 */
export async function acceptDisplaced(
  database: Database,
  parts: SubmittingParts,
  link: string,
): Promise<{ accepted: number; refused: NotAcceptedAgain[] }> {
  const refused: NotAcceptedAgain[] = [];
  let accepted = 0;
  for (;;) {
    const done = refused.map(({ id }) => id);
    const chunk = await database.transaction((tx) => acceptChunk(tx, parts, link, done, new Date()), {
      retries: CONFLICT_RETRIES,
    });
    accepted += chunk.accepted;
    refused.push(...chunk.refused);
    if (chunk.accepted + chunk.refused.length === 0) return { accepted, refused };
  }
}

const CONFLICT_RETRIES = 3;

async function acceptChunk(
  tx: Transaction,
  parts: SubmittingParts,
  link: string,
  refusedBefore: readonly string[],
  now: Date,
): Promise<{ accepted: number; refused: NotAcceptedAgain[] }> {
  const rows = await tx.query<DisplacedRow>({
    name: 'ledger-find-displaced',
    text: `select m.id, m.subject, m.type, m.txn, m.jws
           from withdrawal w
           join message m on m.id = w.id and m.link = w.link and m.direction = 'out'
           where w.link = $1 and w.reason = $2 and w.id <> all ($3::uuid[])
             and not exists (select from replacement r where r.replaces = w.id and r.link = w.link)
           order by m.subject, m.version, m.id limit $4`,
    values: [link, RECOVERED, refusedBefore, CHUNK],
  });
  const refused: NotAcceptedAgain[] = [];
  const again: { row: DisplacedRow; submission: CheckedSubmission }[] = [];
  for (const row of rows) {
    const read = readAgain(parts, link, row, now);
    if ('code' in read) refused.push({ id: row.id, subject: row.subject, detail: read.detail });
    else again.push({ row, submission: read });
  }
  const outcomes = await acceptMessages(
    tx,
    parts,
    again.map(({ submission }) => submission),
    RECOVERING,
    now,
  );
  const replaced: { id: string; replaces: string }[] = [];
  for (const [n, outcome] of outcomes.entries()) {
    const row = again[n]?.row;
    if (!row) continue;
    if ('accepted' in outcome) replaced.push({ id: outcome.accepted.id, replaces: row.id });
    else refused.push({ id: row.id, subject: row.subject, detail: outcome.refused.detail });
  }
  await keepReplacements(tx, link, replaced, now);
  return { accepted: replaced.length, refused };
}

function readAgain(parts: SubmittingParts, link: string, { type, txn, jws }: DisplacedRow, now: Date) {
  if (!isBusinessType(type) || jws === null) {
    return { code: 'not-found', detail: 'it was erased meanwhile' } as const;
  }
  const { event, toe } = readStoredSet(jws);
  const body = {
    type,
    link,
    data: event.data,
    ...(txn === null ? {} : { txn }),
    ...(toe === undefined ? {} : { toe: new Date(toe * 1000).toISOString() }),
  };
  return readSubmission(body, parts, { name: RECOVERING }, now);
}

async function keepReplacements(
  tx: Transaction,
  link: string,
  replaced: readonly { id: string; replaces: string }[],
  now: Date,
): Promise<void> {
  if (replaced.length === 0) return;
  await tx.query({
    name: 'ledger-keep-replacements',
    text: 'insert into replacement (id, link, replaces) select u.id, $1, u.replaces from unnest($2::uuid[], $3::uuid[]) as u(id, replaces)',
    values: [link, replaced.map((r) => r.id), replaced.map((r) => r.replaces)],
  });
  const messages = replaced.map(({ id, replaces }) => ({ message: id, replaces }));
  await appendEntries(tx, [{ kind: 'messages-accepted-again', link, by: RECOVERING, messages }], now);
}
