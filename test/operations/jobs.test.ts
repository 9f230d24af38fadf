import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Approvals } from '../../src/access/approvals.ts';
import { grantAccess } from '../../src/access/grant-access.ts';
import { tokenReader } from '../../src/access/read-token.ts';
import type { Principal } from '../../src/access/tokens.ts';
import { appendEntries } from '../../src/audit/append-entries.ts';
import type { LaneRef } from '../../src/delivery/claim-lane.ts';
import { requireTokens } from '../../src/http/authenticate.ts';
import type { Job } from '../../src/operations/jobs/job.ts';
import { addJobRoutes } from '../../src/operations/jobs/routes.ts';
import { type JobParts, runNextJob } from '../../src/operations/jobs/run-jobs.ts';
import { keepLog, startTestServer, type TestServer } from '../support/http.ts';
import { recordOf } from '../support/messages.ts';
import { outboxOf } from '../support/outbox.ts';
import { createPair, type Pair } from '../support/pair.ts';

let pair: Pair;
let server: TestServer;
let token: string;
let parts: JobParts;
let approvals: Approvals;
let serial = 0;
const woken: LaneRef[] = [];

beforeAll(async () => {
  pair = await createPair();
  pair.cn.link.lanes = 1;
  const { party, issuer, keyRing, link, db } = pair.cn;
  const { database } = db;
  const { log } = keepLog();
  const links = new Map([[link.id, link]]);
  parts = { database, log, party, issuer, keyRing, links, trigger: (refs) => woken.push(...refs) };
  approvals = new Approvals(database, appendEntries);
  ({ token } = await grantAccess(
    database,
    appendEntries,
    { name: 'li.wei', role: 'operator' },
    'test',
    new Date(),
  ));
  server = await startTestServer('internal', async (app) => {
    await app.register(async (api) => {
      requireTokens(api, tokenReader(database));
      addJobRoutes(api, { database, approvals, wakeJobs() {} });
    });
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await pair[Symbol.asyncDispose]();
});

/** Four parked messages of four enterprises. */
beforeEach(async () => {
  const { sql } = pair.cn.db;
  await sql('delete from outbox; delete from job; delete from job_item');
  const subjects = Array.from({ length: 4 }, () => `CN440396${String(++serial).padStart(4, '0')}`);
  await pair.cn.submit(...subjects.map((id) => ({ type: 'enterprise-status', data: recordOf(id) })));
  await sql(`update outbox set parked_at = now(), parked_reason = 'partner answers 500'`);
});

interface Answer extends Omit<Job, 'approval'> {
  job: Job;
  approval?: { id: string };
  items: Job[];
  errors: object[];
}

async function call(method: string, path: string, body?: object): Promise<{ status: number; body: Answer }> {
  const answer = await fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: answer.status, body: (await answer.json()) as Answer };
}

const retry = { kind: 'retry', filter: { error: '500' }, reason: 'the partner mended it' };
const run = (stop = new AbortController().signal) => runNextJob(parts, stop);
const parked = async () => (await outboxOf(pair.cn)).filter((message) => message.parked).length;

it('says beforehand what it will touch, and needs a reason to be made', async () => {
  expect((await call('POST', '/v1/ops/jobs', { kind: 'retry', filter: {}, dryRun: true })).body).toEqual({
    kind: 'retry',
    dryRun: true,
    matched: 4,
    enterprises: 4,
    links: ['us-cbp'],
    more: false,
  });
  expect((await call('POST', '/v1/ops/jobs', { kind: 'retry', filter: {} })).body.errors).toMatchObject([
    { pointer: '/reason' },
  ]);
  expect(await parked()).toBe(4);
});

it('does what fitted when it was made, in order, with an audit entry each, and wakes the lanes', async () => {
  const { status, body } = await call('POST', '/v1/ops/jobs', retry);
  expect(status).toBe(202);
  expect(body.job).toMatchObject({ state: 'queued', total: 4, done: 0, by: 'li.wei' });
  await pair.cn.submit({ type: 'enterprise-status', data: recordOf('CN4403969999') });
  await pair.cn.db.sql(
    `update outbox set parked_at = now(), parked_reason = 'partner answers 500' where parked_at is null`,
  );
  expect(await run()).toBe(true);
  expect((await call('GET', `/v1/ops/jobs/${body.job.id}`)).body).toMatchObject({
    state: 'done',
    done: 4,
    failed: 0,
  });
  expect(await parked()).toBe(1);
  expect(woken).toContainEqual({ link: 'us-cbp', lane: '0' });
  const audited = await pair.cn.db.sql(`select from audit_pending where content like '%message-retried%'`);
  expect(audited).toHaveLength(4);
  expect(await run()).toBe(false);
});

it('goes on where a process that died stopped, does nothing twice, and names what could not be done', async () => {
  const { sql } = pair.cn.db;
  const { job } = (await call('POST', '/v1/ops/jobs', retry)).body;
  // The process did one and died; another operator retried one meanwhile.
  await sql(
    `update outbox set parked_at = null where id = any (array(select id from job_item where place <= 2))`,
  );
  await sql('delete from job_item where place = 1');
  await sql(`update job set state = 'running', done = 1, lease_until = now() + interval '1 hour'`);
  expect(await run()).toBe(false);
  await sql(`update job set lease_until = now() - interval '1 s'`);
  expect(await run()).toBe(true);
  expect((await call('GET', `/v1/ops/jobs/${job.id}`)).body).toMatchObject({
    state: 'done',
    done: 3,
    failed: 1,
    failures: [{ code: 'conflict' }],
  });
  expect(await parked()).toBe(0);
});

it('is cancelled: what is done stays done, the rest is not', async () => {
  const { job } = (await call('POST', '/v1/ops/jobs', retry)).body;
  const stopped = new AbortController();
  stopped.abort();
  expect(await run(stopped.signal)).toBe(false);
  expect((await call('POST', `/v1/ops/jobs/${job.id}/cancel`, {})).body).toMatchObject({
    state: 'cancelled',
    cancelledBy: 'li.wei',
  });
  expect(await run()).toBe(false);
  expect(await parked()).toBe(4);
  expect((await call('POST', `/v1/ops/jobs/${job.id}/cancel`, {})).status).toBe(409);
});

it('stops in the middle when it is cancelled there', async () => {
  const { job } = (await call('POST', '/v1/ops/jobs', retry)).body;
  const { database } = pair.cn.db;
  let begun = 0;
  const interrupted = {
    query: (query) => database.query(query),
    async transaction(work, options) {
      if (begun++ === 2) await call('POST', `/v1/ops/jobs/${job.id}/cancel`, {});
      return database.transaction(work, options);
    },
  } as typeof database;
  await runNextJob({ ...parts, database: interrupted }, new AbortController().signal);
  expect((await call('GET', `/v1/ops/jobs/${job.id}`)).body).toMatchObject({ state: 'cancelled', done: 2 });
  expect(await parked()).toBe(2);
});

it('waits for a second person where messages are to be withdrawn', async () => {
  const { body } = await call('POST', '/v1/ops/jobs', { ...retry, kind: 'withdraw' });
  expect(body.job.state).toBe('waiting-approval');
  expect(await run()).toBe(false);
  const second: Principal = { id: 'second', name: 'wang.fang', scopes: new Set(['operate'] as const) };
  await approvals.approve(body.approval?.id ?? '', second);
  expect(await run()).toBe(true);
  expect((await call('GET', `/v1/ops/jobs/${body.job.id}`)).body).toMatchObject({
    state: 'done',
    done: 4,
    by: 'li.wei and wang.fang',
  });
  expect(await parked()).toBe(0);
});
