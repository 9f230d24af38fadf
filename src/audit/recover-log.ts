import { jsonTextArray } from '../store/array-literal.ts';
import type { Database, Transaction } from '../store/database.ts';
import { appendEntries } from './append-entries.ts';
import { AuditError } from './audit-error.ts';
import { signedHead } from './extend-log.ts';
import { logAfter, logAt } from './log-name.ts';
import { type Checkpoint, readCheckpoint } from './notes/checkpoint.ts';
import { checkNote, writeNote } from './notes/signed-note.ts';
import type { SigningKey } from './notes/signing-key.ts';
import { keyOfLog } from './notes/verifier-key.ts';
import type { Witness } from './publish-checkpoint.ts';
import { pullBundles, readFromPartner } from './pull-bundles.ts';
import { type LogHead, readEdge, readHeads, tileSource } from './read-tree.ts';
import { SEQUENCER_LOCK } from './run-sequencer.ts';
import { leavesOf } from './tree/bundle.ts';
import { EMPTY_TREE, growTree } from './tree/grow-tree.ts';
import { EMPTY_ROOT } from './tree/hash.ts';
import { writeTree } from './write-tree.ts';

export interface RecoveringParts {
  database: Database;
  logKey: SigningKey;
  witness: Witness;
  now(): Date;
  /** Who recovers, for the log. */
  by: string;
}

/** What became of one log. */
export interface RecoveredLog {
  log: string;
  /** Entries that we still had. */
  had: number;
  /** Entries after the recovery: as many as the partner's mirror holds. */
  size: number;
  /** Of those taken from the mirror, how many can no longer be opened: salt and content are gone. */
  lost: number;
}

/** Rows of one statement: some 2 MiB of entries. */
const ROWS_AT_ONCE = 10_000;

/**
 * Takes the entries that a restored store lacks from the partner's mirror of our logs. The partner proves them: its
 * copy of our own signed checkpoint has to be the root of what we hold together with what it gives.
 *
 * Pending entries that were in the log before the restore get their place back with their content; of the others salt
 * and content are gone, and they are marked so.
 *
 * A crash before the commit leaves the log as it was; it is one transaction for each log.
 *
 * @returns the logs that grew
 * @throws AuditError `forked` where our log signed something that is not in the partner's mirror, `bad-proof`
 */
export async function recoverLogs(parts: RecoveringParts): Promise<RecoveredLog[]> {
  const heads = (await readHeads(parts.database)).filter((head) => head.givenUp === null);
  const now = logAt(parts.now(), heads.at(-1)?.log);
  const names = [...new Set([...heads.slice(-2).map((head) => head.log), now])];
  const recovered: RecoveredLog[] = [];
  for (const log of names) {
    const head = heads.find((known) => known.log === log);
    const grown = await recoverLog(parts, log, head);
    if (grown) recovered.push(grown);
  }
  return recovered;
}

async function recoverLog(
  parts: RecoveringParts,
  log: string,
  head: LogHead | undefined,
): Promise<RecoveredLog | undefined> {
  const origin = `${parts.logKey.verifier.name}/${log}`;
  const prefix = `/audit/mirrors/${Buffer.from(origin).toString('base64url')}`;
  const kept = await readKept(parts, log, prefix);
  const had = head?.size ?? 0;
  if (!kept || kept.checkpoint.size <= had) return undefined;
  const { size } = kept.checkpoint;
  const entries: Buffer[] = [];
  while (had + entries.length < size) {
    const bundles = await pullBundles(parts.witness.partner, prefix, had + entries.length, size);
    entries.push(...bundles.flatMap((bundle) => bundle.fresh));
  }
  const lost = await parts.database.transaction((tx) => takeBack(tx, parts, log, head, kept, entries));
  return { log, had, size, lost };
}

interface KeptLog {
  checkpoint: Checkpoint;
  /** The note with our own signature alone. */
  own: string;
  /** The partner's cosignature of it. */
  line: string;
  at: Date;
}

/** Our checkpoint as the partner keeps it: trusted only with our signature, and with the partner's. */
async function readKept(
  { witness, logKey }: RecoveringParts,
  log: string,
  prefix: string,
): Promise<KeptLog | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFromPartner(witness.partner, `${prefix}/checkpoint`);
  } catch (error) {
    if (error instanceof AuditError && error.code === 'not-found') return undefined;
    throw error;
  }
  const { checkpoint, note } = readCheckpoint(bytes);
  const [own, cosigned] = [keyOfLog(logKey.verifier, log), witness.key];
  const checked = checkNote(note, [own, cosigned]);
  const ours = checked.find(({ key }) => key === own);
  const theirs = checked.find(({ key }) => key === cosigned);
  if (!ours || !theirs || checkpoint.origin !== own.name) {
    throw new AuditError(
      'untrusted',
      `what the partner keeps of ${own.name} does not bear our signature and its own`,
    );
  }
  return {
    checkpoint,
    own: writeNote(note.text, [ours.line]),
    line: theirs.line,
    at: new Date(theirs.seconds * 1000),
  };
}

async function takeBack(
  tx: Transaction,
  parts: RecoveringParts,
  log: string,
  head: LogHead | undefined,
  kept: KeptLog,
  entries: readonly Buffer[],
): Promise<number> {
  await tx.query({
    name: 'audit-recover-lock',
    text: 'select pg_advisory_xact_lock($1)',
    values: [SEQUENCER_LOCK],
  });
  const had = head?.size ?? 0;
  const edge = head ? await readEdge(tileSource(tx, log), had) : EMPTY_TREE;
  const grown = growTree(edge, leavesOf(entries));
  if (!grown.root.equals(kept.checkpoint.root)) {
    throw new AuditError(
      'forked',
      `the ${had} entries that we hold of the log ${log} are not the beginning of what the partner keeps: they cannot be joined. Run: mra audit recover --new-log`,
    );
  }
  let found = 0;
  for (let at = 0; at < entries.length; at += ROWS_AT_ONCE) {
    found += await writeEntries(tx, log, had + at, entries.slice(at, at + ROWS_AT_ONCE));
  }
  const recovered: LogHead = {
    log,
    size: kept.checkpoint.size,
    root: grown.root,
    checkpoint: kept.own,
    signedAt: parts.now(),
  };
  await writeTree(tx, head, recovered, grown.tiles);
  await keepCosignature(tx, parts.witness.link, recovered, kept);
  const lost = entries.length - found;
  const content = {
    kind: 'audit-recovered',
    log,
    from: had,
    size: recovered.size,
    lost,
    link: parts.witness.link,
    by: parts.by,
  };
  await appendEntries(tx, [content], parts.now());
  return lost;
}

/** @returns how many of the entries were still pending here, with what opens them */
async function writeEntries(
  tx: Transaction,
  log: string,
  first: number,
  entries: readonly Buffer[],
): Promise<number> {
  const [row] = await tx.query<{ found: number }>({
    name: 'audit-recover-entries',
    text: `with given as (
             select $2::bigint + position - 1 as index, entry
             from unnest($3::text[]) with ordinality as u(entry, position)
           ), pending as (
             delete from audit_pending p using given g where p.entry = g.entry
             returning g.index, p.salt, p.content, p.message
           ), entries as (
             insert into audit_entry (log, index, entry, message, salt, content, gone)
             select $1, g.index, g.entry, p.message, p.salt, p.content,
               case when p.index is null then 'lost' when p.content is null then 'erased' end
             from given g left join pending p using (index)
           )
           select count(*)::integer as found from pending`,
    values: [log, first, jsonTextArray(entries.map((entry) => entry.toString('utf8')))],
  });
  return row?.found ?? 0;
}

async function keepCosignature(
  tx: Transaction,
  link: string,
  head: LogHead,
  { line, at }: KeptLog,
): Promise<void> {
  await tx.query({
    name: 'audit-recover-cosignature',
    text: `insert into audit_cosignature (log, size, link, root, checkpoint, line, at)
           values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    values: [head.log, head.size, link, head.root, head.checkpoint, line, at],
  });
}

/**
 * Ends a log that cannot go on, because entries that a partner has cosigned are in no store any more, and opens the
 * next one of the same year. What the old one holds stays provable.
 *
 * @param reason an operator's, for the log
 */
export async function giveUpLog(
  { database, logKey, now, by }: Omit<RecoveringParts, 'witness'>,
  reason: string,
): Promise<{ ended: string; opened: string }> {
  return database.transaction(async (tx) => {
    await tx.query({
      name: 'audit-recover-lock',
      text: 'select pg_advisory_xact_lock($1)',
      values: [SEQUENCER_LOCK],
    });
    const ended = (await readHeads(tx)).at(-1);
    if (!ended) throw new AuditError('not-found', 'there is no log yet that could be given up');
    await tx.query({
      name: 'audit-give-up',
      text: 'update audit_tree set given_up = $2 where log = $1',
      values: [ended.log, reason],
    });
    const opened = signedHead(logKey, {
      log: logAfter(ended.log),
      size: 0,
      root: EMPTY_ROOT,
      signedAt: now(),
    });
    await writeTree(tx, undefined, opened, []);
    const content = {
      kind: 'audit-log-given-up',
      log: ended.log,
      size: ended.size,
      next: opened.log,
      reason,
      by,
    };
    await appendEntries(tx, [content], now());
    return { ended: ended.log, opened: opened.log };
  });
}
