import type { Logger } from 'pino';
import { appendEntries } from '../../audit/append-entries.ts';
import type { LaneRef } from '../../delivery/claim-lane.ts';
import type { Database } from '../../store/database.ts';
import { type RunningWork, runSoon } from '../../turns/run-soon.ts';
import { type ActingParts, type Action, actOnLetter, type Letter } from '../dead-letters/act-on-letter.ts';
import { DeadLetterError } from '../dead-letters/dead-letter-error.ts';

export interface JobParts extends ActingParts {
  database: Database;
  log: Pick<Logger, 'warn' | 'info'>;
  trigger(refs: Iterable<LaneRef>): void;
}

const SOON_MS = 100;
const LOOK_MS = 2_000;
/** A job whose process died is gone on with after this long; each message done renews it. */
const LEASE_MS = 20_000;
/** Lanes are woken now and then, not for each message. */
const WOKEN_AFTER = 100;
const FAILURES_KEPT = 100;
const CONFLICT_RETRIES = 3;

/** Does jobs, one at a time in all processes, until disposed; `wake` says that there is a new one. */
export function runJobs(parts: JobParts): RunningWork {
  const stop = new AbortController();
  const running = runSoon({
    async work() {
      await endUnapproved(parts.database, new Date());
      while (!stop.signal.aborted && (await runNextJob(parts, stop.signal)));
    },
    soonMs: SOON_MS,
    idleMs: LOOK_MS,
    onError: (error) => parts.log.warn({ err: error }, 'jobs: one stopped, it goes on in a moment'),
  });
  return {
    wake: running.wake,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running[Symbol.asyncDispose]();
    },
  };
}

interface ClaimedJob {
  id: string;
  kind: Action;
  reason: string;
  by: string;
}

/** @returns whether there was one */
export async function runNextJob(parts: JobParts, stop: AbortSignal): Promise<boolean> {
  const job = await claimJob(parts.database);
  if (!job) return false;
  const lanes = new Map<string, LaneRef>();
  const wake = (): void => {
    parts.trigger([...lanes.values()]);
    lanes.clear();
  };
  let steps = 0;
  for (;;) {
    if (stop.aborted) break;
    const step = await doNext(parts, job);
    if (step === 'over') break;
    if (step) lanes.set(`${step.link}.${step.lane}`, step);
    if (++steps % WOKEN_AFTER === 0) wake();
  }
  wake();
  if (stop.aborted) await releaseJob(parts.database, job.id);
  return !stop.aborted;
}

/** One job at a time: the eldest that nobody has. */
async function claimJob(database: Database): Promise<ClaimedJob | undefined> {
  const [job] = await database.query<ClaimedJob>({
    name: 'jobs-claim',
    text: `update job set state = 'running', started_at = coalesce(started_at, clock_timestamp()),
             lease_until = clock_timestamp() + $1 * interval '1 ms'
           where id = (select id from job
                       where ended_at is null and state in ('queued', 'running')
                         and (lease_until is null or lease_until < clock_timestamp())
                         and not exists (select from job r where r.ended_at is null and r.state = 'running'
                                           and r.lease_until >= clock_timestamp())
                       order by id limit 1 for update skip locked)
           returning id, kind, reason, by`,
    values: [LEASE_MS],
  });
  return job;
}

/** The next process need not wait for the lease to run out. */
async function releaseJob(database: Database, id: string): Promise<void> {
  await database.query({
    name: 'jobs-release',
    text: `update job set lease_until = null where id = $1 and state = 'running'`,
    values: [id],
  });
}

/**
 * Does the next message of a job: the act, its audit entry, the deletion of its row and the count are one transaction,
 * so that a crash does it wholly or not at all, and nothing twice.
 *
 * @returns the lane to be woken, undefined where there is none, `over` where nothing is left or the job was cancelled
 */
async function doNext(parts: JobParts, job: ClaimedJob): Promise<LaneRef | undefined | 'over'> {
  const { database } = parts;
  let taken: Letter | undefined;
  try {
    return await database.transaction(
      async (tx) => {
        const [counted] = await tx.query({
          name: 'jobs-count-done',
          text: `update job set done = done + 1, lease_until = clock_timestamp() + $2 * interval '1 ms'
                 where id = $1 and state = 'running' and ended_at is null returning 1`,
          values: [job.id, LEASE_MS],
        });
        if (!counted) return 'over';
        const [letter] = await tx.query<Letter>({
          name: 'jobs-take-item',
          text: `delete from job_item where job = $1 and place = (select min(place) from job_item where job = $1)
                 returning id, link, subject`,
          values: [job.id],
        });
        taken = letter;
        const now = new Date();
        if (!letter) {
          await tx.query({
            name: 'jobs-end',
            text: `update job set state = 'done', done = done - 1, ended_at = $2, lease_until = null where id = $1`,
            values: [job.id, now],
          });
          await appendEntries(tx, [{ kind: 'job-done', job: job.id, act: job.kind }], now);
          return 'over';
        }
        const { by, reason, kind } = job;
        return (await actOnLetter(tx, parts, kind, letter, { by, reason, now })).lane ?? undefined;
      },
      { retries: CONFLICT_RETRIES },
    );
  } catch (error) {
    if (!(error instanceof DeadLetterError) || !taken) throw error;
    await noteFailure(database, job.id, taken.id, error);
    return undefined;
  }
}

/** One that cannot be done does not keep the others. */
function noteFailure(database: Database, job: string, id: string, error: DeadLetterError): Promise<void> {
  return database.transaction(async (tx) => {
    const gone = await tx.query({
      name: 'jobs-drop-item',
      text: 'delete from job_item where job = $1 and id = $2 returning 1',
      values: [job, id],
    });
    if (gone.length === 0) return;
    await tx.query({
      name: 'jobs-count-failed',
      text: `update job set failed = failed + 1,
               failures = case when jsonb_array_length(failures) < ${FAILURES_KEPT} then failures || $2::jsonb else failures end
             where id = $1`,
      values: [job, JSON.stringify([{ id, code: error.code, detail: error.message }])],
    });
  });
}

/** What nobody approved in time, or somebody refused, is not done. */
async function endUnapproved(database: Database, now: Date): Promise<void> {
  await database.query({
    name: 'jobs-end-unapproved',
    text: `with ended as (
             update job j set state = 'cancelled', ended_at = $1, cancelled_by = coalesce(a.decided_by, 'nobody approved it')
             from job w left join approval a on a.id = w.approval
             where j.id = w.id and j.state = 'waiting-approval' and j.ended_at is null
               and (a.decision in ('rejected', 'withdrawn') or (a.decision is null and a.expires_at <= $1)
                    or (a.id is null and j.created_at < $1 - interval '1 minute'))
             returning j.id)
           delete from job_item where job in (select id from ended)`,
    values: [now],
  });
}
