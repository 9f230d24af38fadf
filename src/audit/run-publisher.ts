import type { Logger } from 'pino';
import type { Database } from '../store/database.ts';
import { type RunningWork, runSoon } from '../turns/run-soon.ts';
import { signedHead } from './extend-log.ts';
import { logAt } from './log-name.ts';
import type { SigningKey } from './notes/signing-key.ts';
import { type Published, publishCheckpoint, type Witness } from './publish-checkpoint.ts';
import { type LogHead, readHeads } from './read-tree.ts';
import { EMPTY_ROOT } from './tree/hash.ts';
import { noteWitness } from './witness-state.ts';

/** Checkpoints gather for this long: a busy log is cosigned once a second, not at every pass of the sequencer. */
const INTERVAL_MS = 1_000;
/** Turns between two looks for cosignatures to forget: an hour or so. */
const FORGET_EVERY = 5_000;
/** A day. */
const COSIGNATURES_KEPT_MS = 86_400_000;
/** Without a new checkpoint: to find those of other processes, and those that were not cosigned yet. */
const IDLE_MS = 2_000;

export interface PublisherParts {
  database: Database;
  log: Logger;
  logKey: SigningKey;
  witnesses: readonly Witness[];
  now(): Date;
  /** A partner holds a larger tree of ours, or another one: nothing may be signed before it is compared again. */
  onDiverged(): void;
  /** Raised when the gateway stops: an answer that does not come then is not put down to the partner. */
  stop?: AbortSignal;
}

/**
 * Brings each new checkpoint to every partner's witness. What was committed before a crash and not published is found
 * at the start: the store says up to where each witness has cosigned.
 */
export function runPublisher(parts: PublisherParts): RunningWork {
  return runSoon({
    work: () => publishAll(parts),
    soonMs: INTERVAL_MS,
    idleMs: IDLE_MS,
    onError: (error) =>
      parts.log.warn({ err: error }, 'audit: checkpoint not published, next try in a moment'),
  });
}

/** Publishes to every witness what it has not cosigned yet, once. */
export async function publishAll(parts: PublisherParts): Promise<void> {
  if (Math.random() < 1 / FORGET_EVERY) await forgetCosignatures(parts.database, parts.now());
  await Promise.all(parts.witnesses.map((witness) => publishTo(parts, witness)));
}

async function publishTo(parts: PublisherParts, witness: Witness): Promise<void> {
  for (const head of await notCosigned(parts.database, witness.link)) {
    const said = await publishCheckpoint(parts.database, witness, head);
    await noteAnswer(parts, witness, said);
    if (said.kind !== 'cosigned') return;
  }
}

async function noteAnswer(
  { database, log, now, onDiverged, stop }: PublisherParts,
  { link }: Witness,
  said: Published,
): Promise<void> {
  if (said.kind === 'away' && stop?.aborted) return;
  const changed = await noteWitness(database, link, said, now());
  if (said.kind === 'behind' || said.kind === 'forked') {
    onDiverged();
    if (changed) log.error({ link, state: said.kind }, `audit: ${said.detail}. Run: mra audit recover`);
  } else if (changed && said.kind !== 'cosigned') {
    log.warn({ link, state: said.kind }, `audit: not cosigned: ${said.detail}`);
  }
}

/** Cosignatures of the last day are kept all, of earlier ones the last of each hour: a proof asks for no more. */
export async function forgetCosignatures(database: Database, now: Date): Promise<void> {
  await database.query({
    name: 'audit-forget-cosignatures',
    text: `delete from audit_cosignature c where at < $1 and exists (
             select from audit_cosignature later
             where later.link = c.link and later.log = c.log and later.size > c.size
               and date_trunc('hour', later.at) = date_trunc('hour', c.at))`,
    values: [new Date(now.getTime() - COSIGNATURES_KEPT_MS)],
  });
}

/** Heads of logs that the witness has not cosigned at their size, the oldest log first. */
function notCosigned(database: Database, link: string): Promise<LogHead[]> {
  return database.query<LogHead>({
    name: 'audit-not-cosigned',
    text: `select log, size, root, checkpoint, signed_at as "signedAt" from audit_tree t
           where given_up is null and size > (select coalesce(max(c.size), 0) from audit_cosignature c where c.link = $1 and c.log = t.log)
           order by number`,
    values: [link],
  });
}

/**
 * Compares our logs with what every partner's witness has cosigned of them, without signing anything of them anew: the
 * log that is written now is published as it stands, and one that there is not yet as an empty one.
 *
 * @returns whether all of them answered, and hold nothing that we do not
 */
export async function compareLogs(parts: PublisherParts): Promise<boolean> {
  const heads = (await readHeads(parts.database)).filter((head) => head.givenUp === null);
  const log = logAt(parts.now(), heads.at(-1)?.log);
  const empty = { log, size: 0, root: EMPTY_ROOT, signedAt: parts.now() };
  const asked = heads.some((head) => head.log === log) ? heads : [...heads, signedHead(parts.logKey, empty)];
  const answers = await Promise.all(
    parts.witnesses.map(async (witness) => {
      // The last two: what was written at the turn of the year, and what is written now.
      for (const head of asked.slice(-2)) {
        const said = await publishCheckpoint(parts.database, witness, head);
        if (said.kind !== 'cosigned' || head === asked.at(-1)) {
          await noteAnswer(parts, witness, said);
          return said.kind === 'cosigned';
        }
      }
      return false;
    }),
  );
  return answers.every((compared) => compared);
}
