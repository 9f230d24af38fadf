import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Approvals } from '../../access/approvals.ts';
import { principalOf } from '../../http/authenticate.ts';
import { Problem } from '../../http/problem.ts';
import type { Database } from '../../store/database.ts';
import { type Action, actions } from '../dead-letters/act-on-letter.ts';
import { countDeadLetters } from '../dead-letters/list-dead-letters.ts';
import { bodyOf, fault, malformed, readFilter, reasonOf, required } from '../dead-letters/read-request.ts';
import { bulkSchema } from '../dead-letters/route-schemas.ts';
import { bound } from '../dead-letters/routes.ts';
import { type Job, type JobState, jobStates, listJobs, readJob } from './job.ts';
import { cancelJob, JOB_ITEMS_MAX, makeJob } from './make-job.ts';

export interface JobRouteParts {
  database: Database;
  approvals: Approvals;
  /** There is a new one to do. */
  wakeJobs(): void;
}

const config = { scope: 'operate', link: 'route' } as const;
const WITHDRAWAL = 'job-withdraw';
type OneJob = { Params: { id: string } };

/** Acts on all that fit a filter, however many: made, watched, cancelled. */
export function addJobRoutes(app: FastifyInstance, parts: JobRouteParts): void {
  const { database } = parts;
  addWithdrawal(parts);

  app.post('/v1/ops/jobs', { config, schema: makeSchema }, async (request, reply) => {
    const { kind, filter, reason, dryRun } = readJobRequest(request);
    const wanted = bound(request, { ...filter, kind: actions[kind] });
    if (!wanted) throw new Problem('link-forbidden', { detail: 'This token is for another link.' });
    if (dryRun) {
      const counted = await countDeadLetters(database, wanted);
      const more = counted.matched > JOB_ITEMS_MAX;
      return { kind, dryRun: true, ...counted, matched: Math.min(counted.matched, JOB_ITEMS_MAX), more };
    }
    const principal = principalOf(request);
    const { name: by, link } = principal;
    const id = await makeJob(database, { kind, filter: wanted, reason, by, link, now: new Date() });
    const approval = kind === 'withdraw' ? await askForWithdrawal(parts, request, id, reason) : undefined;
    parts.wakeJobs();
    const job = await readJob(database, id);
    return reply
      .code(202)
      .header('location', `/v1/ops/jobs/${id}`)
      .send({ job, ...(approval ? { approval } : {}) });
  });

  app.get<{ Querystring: { state?: JobState; limit: number; cursor?: string } }>(
    '/v1/ops/jobs',
    { config, schema: listSchema },
    async (request) => {
      const { state, limit, cursor } = request.query;
      const { link } = principalOf(request);
      const items = await listJobs(database, { state, link, limit, before: cursor });
      return { items, next: items.length === limit ? (items.at(-1)?.id ?? null) : null };
    },
  );

  app.get<OneJob>(
    '/v1/ops/jobs/:id',
    { config, schema: oneSchema('One job, and how far it is') },
    (request) => findJob(database, request),
  );

  app.post<OneJob>(
    '/v1/ops/jobs/:id/cancel',
    { config, schema: oneSchema('Stop a job; what is done stays done') },
    async (request) => {
      const { id } = await findJob(database, request);
      if (!(await cancelJob(database, id, principalOf(request).name, new Date()))) {
        throw new Problem('conflict', { detail: `The job ${id} is over.` });
      }
      return readJob(database, id);
    },
  );
}

async function findJob(database: Database, request: FastifyRequest<OneJob>): Promise<Job> {
  const { link } = principalOf(request);
  const job = await readJob(database, request.params.id);
  if (job && (link === undefined || job.link === link)) return job;
  throw new Problem('not-found', { detail: `There is no job ${request.params.id}.` });
}

function readJobRequest(request: FastifyRequest) {
  const body = bodyOf(request, ['kind', 'filter', 'reason', 'dryRun']);
  const faults: ReturnType<typeof fault>[] = [];
  const kind = Object.keys(actions).find((action) => action === body.kind) as Action | undefined;
  if (!kind) faults.push(fault('/kind', 'wrong-type', `must be one of ${Object.keys(actions).join(', ')}`));
  const { dryRun = false } = body;
  if (typeof dryRun !== 'boolean') faults.push(fault('/dryRun', 'wrong-type', 'must be true or false'));
  const filter = readFilter(body.filter, faults);
  if (faults.length > 0) throw malformed(faults);
  const reason = dryRun ? '' : required(reasonOf(body).reason, 'reason');
  return { kind: required(kind, 'kind'), filter, reason, dryRun };
}

/** The second person releases just the messages that the job was made of. */
async function askForWithdrawal(
  { approvals, database }: JobRouteParts,
  request: FastifyRequest,
  job: string,
  reason: string,
) {
  const total = (await readJob(database, job))?.total ?? 0;
  const summary = `Withdraw ${total} parked messages; their versions are voided.`;
  const approval = await approvals.request(
    { kind: WITHDRAWAL, params: { job }, summary, reason },
    principalOf(request),
  );
  await database.query({
    name: 'jobs-note-approval',
    text: 'update job set approval = $2 where id = $1',
    values: [job, approval.id],
  });
  return approval;
}

function addWithdrawal({ approvals, wakeJobs }: JobRouteParts): void {
  approvals.add({
    kind: WITHDRAWAL,
    scope: 'operate',
    async execute(tx, params, { requestedBy, approvedBy }) {
      const { job } = params as { job: string };
      const released = await tx.query({
        name: 'jobs-release-withdrawal',
        text: `update job set state = 'queued', by = $2
               where id = $1 and state = 'waiting-approval' and ended_at is null returning 1`,
        values: [job, `${requestedBy} and ${approvedBy}`],
      });
      if (released.length === 0) throw new Problem('conflict', { detail: `The job ${job} is over.` });
      return { job };
    },
    committed: () => wakeJobs(),
  });
}

const { body: bulkBody } = bulkSchema('retry');

const makeSchema = {
  tags: ['operate'],
  summary: 'Act on all that fit, in the background, the eldest first',
  description:
    'Up to 100,000 messages: those that fit now. With dryRun nothing is done and the answer says how many fit, of how many enterprises. `withdraw` waits for a second person.',
  body: {
    ...bulkBody,
    required: ['kind', ...bulkBody.required],
    properties: { kind: { type: 'string', enum: Object.keys(actions) }, ...bulkBody.properties },
  },
};

const listSchema = {
  tags: ['operate'],
  summary: 'Jobs, newest first',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      state: { type: 'string', enum: jobStates },
      limit: { type: 'integer', minimum: 1, maximum: 500, default: 50 },
      cursor: { type: 'string', format: 'uuid' },
    },
  },
};

function oneSchema(summary: string) {
  return {
    tags: ['operate'],
    summary,
    params: { type: 'object', properties: { id: { type: 'string', format: 'uuid' } } },
  };
}
