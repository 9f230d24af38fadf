import type { Database } from '../../store/database.ts';
import type { Action } from '../dead-letters/act-on-letter.ts';

export const jobStates = ['waiting-approval', 'queued', 'running', 'done', 'cancelled', 'failed'] as const;
export type JobState = (typeof jobStates)[number];

/** An act on many messages, done one after the other in the background. */
export interface Job {
  id: string;
  kind: Action;
  /** What it was made by. Which messages it is about stands since then. */
  filter: Record<string, unknown>;
  reason: string;
  by: string;
  /** The only link it touches, where it was made with a token that is bound to one. */
  link: string | null;
  state: JobState;
  total: number;
  done: number;
  failed: number;
  /** The first hundred. */
  failures: { id: string; code: string; detail: string }[];
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  cancelledBy: string | null;
  approval: string | null;
}

type Row = Omit<Job, 'filter' | 'failures'> & { filter: string; failures: string };

export const JOB_COLUMNS = `id, kind, filter, reason, by, link, state, total, done, failed, failures,
  created_at as "createdAt", started_at as "startedAt", ended_at as "endedAt", cancelled_by as "cancelledBy", approval`;

export interface JobFilter {
  state?: JobState | undefined;
  link?: string | undefined;
  limit: number;
  before?: string | undefined;
}

/** Newest first. */
export async function listJobs(
  database: Pick<Database, 'query'>,
  { state, link, limit, before }: JobFilter,
): Promise<Job[]> {
  const rows = await database.query<Row>({
    name: 'jobs-list',
    text: `select ${JOB_COLUMNS} from job
           where ($1::text is null or state = $1) and ($2::text is null or link = $2) and ($3::uuid is null or id < $3)
           order by id desc limit $4`,
    values: [state ?? null, link ?? null, before ?? null, limit],
  });
  return rows.map(jobOf);
}

export async function readJob(database: Pick<Database, 'query'>, id: string): Promise<Job | undefined> {
  const [row] = await database.query<Row>({
    name: 'jobs-read',
    text: `select ${JOB_COLUMNS} from job where id = $1`,
    values: [id],
  });
  return row && jobOf(row);
}

/** How many are not over. */
export async function countOpenJobs(database: Pick<Database, 'query'>): Promise<number> {
  const [row] = await database.query<{ running: number }>({
    name: 'jobs-count-open',
    text: `select count(*) as running from job where ended_at is null and state in ('queued', 'running')`,
    values: [],
  });
  return row?.running ?? 0;
}

function jobOf({ filter, failures, ...row }: Row): Job {
  return {
    ...row,
    filter: JSON.parse(filter) as Job['filter'],
    failures: JSON.parse(failures) as Job['failures'],
  };
}
