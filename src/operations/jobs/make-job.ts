import { v7 as uuidv7 } from 'uuid';
import { appendEntries } from '../../audit/append-entries.ts';
import type { Database } from '../../store/database.ts';
import { type Action, actions } from '../dead-letters/act-on-letter.ts';
import { type DeadLetterFilter, filterValues, LETTERS_THAT_FIT } from '../dead-letters/list-dead-letters.ts';
import type { JobState } from './job.ts';

/** Messages of one job: what an outage of a day leaves at the worst. */
export const JOB_ITEMS_MAX = 100_000;

export interface JobRequest {
  kind: Action;
  filter: DeadLetterFilter;
  reason: string;
  by: string;
  link: string | undefined;
  now: Date;
}

/**
 * Makes a job of the messages that fit now, the eldest first, so that versions of one subject go in their order. The
 * row, its messages and its audit entry are one transaction: a crash leaves all or none of them.
 *
 * @returns its id
 */
export function makeJob(database: Database, request: JobRequest): Promise<string> {
  const { kind, filter, reason, by, link, now } = request;
  const id = uuidv7();
  // Withdrawing many waits for a second person.
  const state: JobState = kind === 'withdraw' ? 'waiting-approval' : 'queued';
  const values = filterValues({ ...filter, kind: actions[kind] });
  return database.transaction(async (tx) => {
    const [drawn] = await tx.query<{ total: number }>({
      name: 'jobs-draw-up',
      text: `with drawn as (
               insert into job_item (job, place, link, id, subject)
               select $14::uuid, row_number() over (order by l.at, l.id), l.link, l.id, m.subject ${LETTERS_THAT_FIT}
               order by l.at, l.id limit ${JOB_ITEMS_MAX} returning 1
             ) select count(*) as total from drawn`,
      values: [...values, id],
    });
    const total = drawn?.total ?? 0;
    await tx.query({
      name: 'jobs-make',
      text: `insert into job (id, kind, filter, reason, by, link, state, total, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      values: [id, kind, JSON.stringify(filter), reason, by, link ?? null, state, total, now],
    });
    await appendEntries(tx, [{ kind: 'job-made', job: id, act: kind, total, by, reason }], now);
    return id;
  });
}

/** Takes a job back: what is done stays done. @returns whether it was still open */
export function cancelJob(database: Database, id: string, by: string, now: Date): Promise<boolean> {
  return database.transaction(async (tx) => {
    const rows = await tx.query({
      name: 'jobs-cancel',
      text: `update job set state = 'cancelled', cancelled_by = $2, ended_at = $3 where id = $1 and ended_at is null returning 1`,
      values: [id, by, now],
    });
    if (rows.length === 0) return false;
    await tx.query({ name: 'jobs-drop-items', text: 'delete from job_item where job = $1', values: [id] });
    await appendEntries(tx, [{ kind: 'job-cancelled', job: id, by }], now);
    return true;
  });
}
