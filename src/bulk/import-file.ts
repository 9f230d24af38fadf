import type { EnterpriseStatus } from '../contract/messages.ts';
import type { Party } from '../contract/party.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Link } from '../links/link.ts';
import { currentRecords } from '../register/read-enterprise.ts';
import type { Database } from '../store/database.ts';
import { acceptMessages } from '../submission/accept-messages.ts';
import { readSubmission } from '../submission/read-submission.ts';
import type { CheckedSubmission, Outcome, Refusal } from '../submission/submission.ts';
import { BulkError } from './bulk-error.ts';
import type { FileLine } from './read-lines.ts';
import { readLines } from './read-lines.ts';
import type { Mapping } from './read-mapping.ts';
import { missingColumns, ownColumns, recordOfLine } from './record-of-line.ts';
import { saysTheSame, statedRecord } from './stated-record.ts';

export interface ImportParts {
  database: Database;
  party: Party;
  issuer: string;
  keyRing: KeyRing;
  link: Link;
  /** Who imports, for the audit log. */
  principal: string;
  now: () => Date;
}

export interface ImportOptions {
  mapping?: Mapping | undefined;
  /** Judge everything as if it were imported, and leave nothing behind. */
  dryRun?: boolean;
  /** Lines up to this one were done by an earlier run. */
  afterLine?: number;
  /**
   * Asked before each transaction, with how many messages it may become; answers when there is room for them, and
   * whether that took a while.
   * @throws BulkError where there is none for too long: what is done stands, and another run goes on
   */
  awaitRoom?(messages: number): Promise<boolean>;
  /** Told of each line that was refused, in order. */
  onWrong(line: WrongLine): void | Promise<void>;
  /** Told after each transaction. A crash before it is told leaves lines that the next run finds unchanged. */
  onDone(counts: ImportCounts): void | Promise<void>;
}

export interface ImportCounts {
  /** The last line that is done. */
  line: number;
  lines: number;
  /** Lines that became a message: an enterprise that was not known, or is otherwise than the register says. */
  messages: number;
  unchanged: number;
  wrong: number;
}

export interface WrongLine {
  line: number;
  /** Enterprise, where the line says it. */
  id: string | null;
  faults: { column: string | null; pointer: string; code: string; message: string }[];
}

/** One transaction, unless fewer messages may wait for the partner; it bounds what is kept in memory as well. */
const LINES_AT_ONCE = 1_000;

/** A line that the contract allows, to be compared with the register. */
interface Prepared {
  line: number;
  submission: CheckedSubmission;
  columnAt: ReadonlyMap<string, string>;
}

interface Batch {
  last: number;
  lines: number;
  prepared: Prepared[];
  wrong: WrongLine[];
}

/**
 * Turns a file of records into messages, one for each line that differs from the register of the link: read and check
 * a thousand lines while the thousand before are compared and accepted.
 *
 * Nothing depends on the progress that is kept: a line done twice is found unchanged.
 *
 * @throws BulkError for a file or a mapping that cannot be used
 */
export async function importFile(
  parts: ImportParts,
  file: string,
  options: ImportOptions,
): Promise<ImportCounts> {
  const { mapping = ownColumns, afterLine = 0 } = options;
  const counts: ImportCounts = { line: afterLine, lines: 0, messages: 0, unchanged: 0, wrong: 0 };
  const lines = readLines(file, options.mapping);
  await using _closing = { [Symbol.asyncDispose]: async () => void (await lines.return(undefined)) };
  const batches = readBatches(parts, lines, mapping, options.mapping !== undefined, afterLine);
  let next = batches.next();
  for (;;) {
    const { value: batch, done } = await next;
    if (done || !batch) return counts;
    next = batches.next();
    // Its failure is seen when it is awaited.
    next.catch(() => undefined);
    const { accepted, unchanged, refused } = await applyBatch(parts, batch, options);
    const wrong = [...batch.wrong, ...refused].sort((a, b) => a.line - b.line);
    for (const line of wrong) await options.onWrong(line);
    counts.line = batch.last;
    counts.lines += batch.lines;
    counts.messages += accepted;
    counts.unchanged += unchanged;
    counts.wrong += wrong.length;
    await options.onDone({ ...counts });
  }
}

/** An enterprise that comes twice begins a new batch: each line is judged as the one before it leaves the register. */
async function* readBatches(
  parts: ImportParts,
  lines: AsyncGenerator<FileLine>,
  mapping: Mapping,
  strict: boolean,
  afterLine: number,
): AsyncGenerator<Batch> {
  let batch: Batch = { last: afterLine, lines: 0, prepared: [], wrong: [] };
  let subjects = new Set<string>();
  let checkedHeader = false;
  for await (const line of lines) {
    if (!checkedHeader && 'cells' in line) checkHeader(line.cells, mapping, strict);
    checkedHeader = true;
    if (line.line <= afterLine) continue;
    const prepared = prepareLine(parts, line, mapping);
    const subject = 'submission' in prepared ? prepared.submission.subject : undefined;
    if (
      batch.lines >= Math.min(LINES_AT_ONCE, parts.link.outboxMax) ||
      (subject !== undefined && subjects.has(subject))
    ) {
      yield batch;
      batch = { last: batch.last, lines: 0, prepared: [], wrong: [] };
      subjects = new Set();
    }
    if (subject !== undefined) subjects.add(subject);
    if ('submission' in prepared) batch.prepared.push(prepared);
    else batch.wrong.push(prepared);
    batch.lines++;
    batch.last = line.line;
  }
  if (batch.lines > 0) yield batch;
}

/** A foreign file must have every column that its mapping names, one of our own at least the status. */
function checkHeader(cells: ReadonlyMap<string, string>, mapping: Mapping, strict: boolean): void {
  const header = new Set(cells.keys());
  const missing = missingColumns(mapping, header);
  const needed = strict
    ? missing
    : missing.filter((name) => ['name.latin', 'status', 'statusSince'].includes(name));
  if (needed.length === 0) return;
  throw new BulkError(
    'header-wrong',
    `The header lacks ${needed.join(', ')}. It has: ${[...header].join(', ')}. A mapping (--mapping) says which column is which.`,
  );
}

function prepareLine(parts: ImportParts, line: FileLine, mapping: Mapping): Prepared | WrongLine {
  if ('broken' in line) return wrongLine(line.line, null, 'malformed', `the line ${line.broken}`);
  const { data, columnAt } =
    'json' in line
      ? { data: dataOf(line.json), columnAt: new Map() }
      : recordOfLine(line.cells, mapping, parts.party);
  const body = { type: 'enterprise-status', data: withOccasion(data), link: parts.link.id };
  const links = new Map([[parts.link.id, parts.link]]);
  const read = readSubmission(body, { party: parts.party, links }, { name: parts.principal }, parts.now());
  if ('code' in read) return refusedLine(line.line, idOf(data), read, columnAt);
  return { line: line.line, submission: read, columnAt };
}

/** A line of NDJSON is the data of a record, or a message of it as it is submitted. */
function dataOf(json: unknown): unknown {
  return typeof json === 'object' &&
    json !== null &&
    'type' in json &&
    'data' in json &&
    json.type === 'enterprise-status'
    ? json.data
    : json;
}

/** Why it is sent is decided once the register was asked; until then any occasion passes that needs nothing else. */
function withOccasion(data: unknown): unknown {
  if (typeof data !== 'object' || data === null) return data;
  const { correction: _, ...rest } = data as { correction?: unknown; occasion?: unknown };
  return { ...rest, occasion: rest.occasion === 'periodic' ? 'periodic' : 'change' };
}

function idOf(data: unknown): string | null {
  const { enterprise } = (data ?? {}) as { enterprise?: { id?: unknown } };
  return typeof enterprise?.id === 'string' ? enterprise.id : null;
}

async function applyBatch(
  parts: ImportParts,
  { prepared }: Batch,
  { dryRun = false, awaitRoom }: ImportOptions,
): Promise<{ accepted: number; unchanged: number; refused: WrongLine[] }> {
  let changed = await findChanged(parts, prepared);
  // What waited for room is compared again: back ends may have submitted the same meanwhile.
  while (!dryRun && changed.length > 0 && (await awaitRoom?.(changed.length))) {
    changed = await findChanged(parts, prepared);
  }
  const outcomes = await submit(
    parts,
    changed.map(({ submission }) => submission),
    dryRun,
  );
  const refused = changed.flatMap(({ line, submission, columnAt }, n) => {
    const outcome = outcomes[n];
    return outcome && 'refused' in outcome
      ? [refusedLine(line, submission.subject, outcome.refused, columnAt)]
      : [];
  });
  return { accepted: changed.length - refused.length, unchanged: prepared.length - changed.length, refused };
}

/** The lines that say something else than the register, or of an enterprise that it does not know. */
async function findChanged(
  { link, party, database }: ImportParts,
  prepared: readonly Prepared[],
): Promise<Prepared[]> {
  const known = new Map(
    (
      await currentRecords(
        database,
        prepared.map(({ submission }) => ({ link: link.id, party, id: submission.subject })),
      )
    ).map((record) => [record.id, record]),
  );
  return prepared.filter(({ submission }) => {
    const record = known.get(submission.subject);
    const stated = record && statedRecord(record);
    const data = submission.message.data as EnterpriseStatus;
    if (!record) data.occasion = 'initial-load';
    return !stated || !saysTheSame(stated, data);
  });
}

/** Rolls a dry run back; it carries what would have come of it. */
class RolledBack extends Error {
  readonly outcomes: Outcome[];
  constructor(outcomes: Outcome[]) {
    super('rolled back');
    this.outcomes = outcomes;
  }
}

async function submit(
  { database, principal, now, ...accepting }: ImportParts,
  submissions: readonly CheckedSubmission[],
  dryRun: boolean,
): Promise<Outcome[]> {
  if (submissions.length === 0) return [];
  try {
    return await database.transaction(
      async (tx) => {
        const outcomes = await acceptMessages(tx, accepting, submissions, principal, now());
        if (dryRun) throw new RolledBack(outcomes);
        return outcomes;
      },
      // A back end may submit the same enterprises meanwhile.
      { retries: 5 },
    );
  } catch (error) {
    if (error instanceof RolledBack) return error.outcomes;
    throw error;
  }
}

function wrongLine(line: number, id: string | null, code: string, message: string): WrongLine {
  return { line, id, faults: [{ column: null, pointer: '', code, message }] };
}

function refusedLine(
  line: number,
  id: string | null,
  { code, detail, errors }: Refusal,
  columnAt: ReadonlyMap<string, string>,
): WrongLine {
  if (errors.length === 0) return wrongLine(line, id, code, detail);
  return { line, id, faults: errors.map((error) => faultOf(error, columnAt)) };
}

function faultOf(
  { pointer, code, message }: { pointer: string; code: string; message: string },
  columnAt: ReadonlyMap<string, string>,
): WrongLine['faults'][number] {
  const inData = pointer.replace(/^\/data/, '');
  return { column: columnOf(inData, columnAt), pointer: inData, code, message };
}

/** The column of the nearest pointer above. */
function columnOf(pointer: string, columnAt: ReadonlyMap<string, string>): string | null {
  for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const column = columnAt.get(at);
    if (column !== undefined) return column;
  }
  return null;
}
