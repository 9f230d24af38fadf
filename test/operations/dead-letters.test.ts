import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Approvals } from '../../src/access/approvals.ts';
import { grantAccess } from '../../src/access/grant-access.ts';
import { tokenReader } from '../../src/access/read-token.ts';
import { appendEntries } from '../../src/audit/append-entries.ts';
import type { LaneRef } from '../../src/delivery/claim-lane.ts';
import { sendAgain } from '../../src/delivery/send-again.ts';
import { withdrawMessages } from '../../src/delivery/withdraw-messages.ts';
import { requireTokens } from '../../src/http/authenticate.ts';
import { addOperationsRoutes } from '../../src/operations/routes.ts';
import { readEnterprise } from '../../src/register/read-enterprise.ts';
import { followMessage, type MessageState } from '../../src/submission/follow-message.ts';
import { listMessages } from '../../src/submission/list-messages.ts';
import type { Outcome } from '../../src/submission/submission.ts';
import { startTestServer, type TestServer } from '../support/http.ts';
import { changeOf, recordOf } from '../support/messages.ts';
import { idsOf, outboxOf } from '../support/outbox.ts';
import { createPair, type Pair } from '../support/pair.ts';

let pair: Pair;
let server: TestServer;
let token: string;
let approvals: Approvals;
let serial = 0;
const woken: LaneRef[] = [];

beforeAll(async () => {
  pair = await createPair();
  pair.cn.link.lanes = 1;
  const { database } = pair.cn.db;
  const grant = { name: 'operator', role: 'operator' } as const;
  ({ token } = await grantAccess(database, appendEntries, grant, 'test', new Date()));
  const { party, issuer, keyRing, link } = pair.cn;
  approvals = new Approvals(database, appendEntries);
  server = await startTestServer('internal', async (app) => {
    await app.register(async (api) => {
      requireTokens(api, tokenReader(database));
      addOperationsRoutes(api, {
        database,
        party,
        issuer,
        keyRing,
        links: new Map([[link.id, link]]),
        trigger: (refs) => woken.push(...refs),
        approvals,
        wakeJobs() {},
        ping: () => Promise.reject(new Error('not asked')),
      });
    });
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await pair[Symbol.asyncDispose]();
});
beforeEach(async () => {
  pair.wire.post = (_to, _body, forward) => forward();
  woken.length = 0;
});
afterEach(async () => {
  await pair.cn.db.sql('delete from outbox');
  await pair.cn.db.sql('delete from dead_letter');
  for (const side of [pair.cn, pair.us]) {
    await side.db.sql('update lane set owner = null, next_attempt_at = null, attempts = 0, paused = false');
  }
});

async function call(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const answer = await fetch(server.url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : text };
}

function nextSubject(): string {
  serial += 1;
  return `CN44031${String(serial).padStart(5, '0')}`;
}

function idOf(outcome: Outcome | undefined): string {
  if (!outcome || !('accepted' in outcome)) throw new Error(JSON.stringify(outcome));
  return outcome.accepted.id;
}

async function submit(type: string, data: object, members: object = {}): Promise<string> {
  const [outcome] = await pair.cn.submit({ type, data, ...members });
  return idOf(outcome);
}

/** A suspension that is not urgent, so that it can be held. */
const suspensionOf = (subject: string) => changeOf(subject, { urgent: false });

async function park(id: string): Promise<void> {
  await pair.cn.db.sql(
    `update outbox set parked_at = now(), parked_reason = 'the partner failed' where id = $1`,
    [id],
  );
}

/** The partner refuses these for good; it has no say in what is in our register. */
async function refuse(...ids: string[]): Promise<void> {
  pair.wire.post = async (_to, body) => ({
    status: 202,
    headers: {},
    ms: 1,
    body: JSON.stringify({
      ack: idsOf(body).filter((id) => !ids.includes(id)),
      setErrs: Object.fromEntries(
        idsOf(body)
          .filter((id) => ids.includes(id))
          .map((id) => [id, { err: 'invalid_request', description: '/data/status 4.3: not so' }]),
      ),
    }),
  });
  await pair.deliver(pair.cn, ['0']);
  pair.wire.post = (_to, _body, forward) => forward();
}

const stateOf = async (id: string) => (await followMessage(pair.cn.db.database, id))?.state;

async function listed(state: MessageState): Promise<string[]> {
  return (await listMessages(pair.cn.db.database, { state, limit: 50 })).map((m) => m.id);
}

async function ownStanding(subject: string) {
  const [record] = await readEnterprise(pair.cn.db.database, subject);
  return record && { version: record.standing?.version, status: record.standing?.status };
}

async function auditKinds(id: string): Promise<string[]> {
  const rows = await pair.cn.db.sql<{ content: string }>(
    'select content from audit_pending where position($1 in content) > 0',
    [id],
  );
  return rows.map((row) => JSON.parse(row.content).kind);
}

describe('a parked message', () => {
  it('is listed with what is held behind it; both say so, with the reason and the time', async () => {
    const subject = nextSubject();
    const first = await submit('enterprise-status', recordOf(subject), { txn: 'CASE-7' });
    const second = await submit('certification-change', suspensionOf(subject));
    await park(first);
    const { body } = await call('GET', '/v1/ops/dead-letters?kind=parked');
    expect(body.items).toMatchObject([
      {
        id: first,
        kind: 'parked',
        subject,
        version: 1,
        txn: 'CASE-7',
        reason: 'the partner failed',
        holding: 1,
      },
    ]);
    expect((await call('GET', '/v1/ops/dead-letters?q=case-8')).body.items).toEqual([]);
    expect((await call('GET', '/v1/ops/dead-letters?error=FAILED')).body.items).toHaveLength(1);
    const parked = await followMessage(pair.cn.db.database, first);
    expect(parked).toMatchObject({ state: 'parked', lastError: 'the partner failed' });
    const held = await followMessage(pair.cn.db.database, second);
    expect(held?.state).toBe('held');
    expect(held?.timeline.at(-1)).toMatchObject({ event: 'held', detail: expect.stringContaining(first) });
    expect(await listed('parked')).toEqual([first]);
    expect(await listed('held')).toEqual([second]);
  });

  it('goes again with the same bytes on retry, and what was held behind it follows', async () => {
    const subject = nextSubject();
    const first = await submit('enterprise-status', recordOf(subject));
    const second = await submit('certification-change', suspensionOf(subject));
    await park(first);
    const retried = await call('POST', `/v1/ops/dead-letters/${first}/retry`, {
      reason: 'the partner mended it',
    });
    expect(retried).toMatchObject({ status: 200, body: { id: first, state: 'accepted' } });
    expect(woken).toEqual([{ link: 'us-cbp', lane: '0' }]);
    await pair.deliver(pair.cn, ['0']);
    expect([await stateOf(first), await stateOf(second)]).toEqual(['delivered', 'delivered']);
    expect(await auditKinds(first)).toContain('message-retried');
    expect((await call('POST', `/v1/ops/dead-letters/${first}/retry`)).status).toBe(404);
  });

  it('leaves its version to a void when it is withdrawn: no hole at the partner, the register falls back, the rest goes', async () => {
    const subject = nextSubject();
    await submit('enterprise-status', recordOf(subject));
    await pair.deliver(pair.cn, ['0']);
    const wrong = await submit('certification-change', suspensionOf(subject));
    await park(wrong);
    const repeat = await submit(
      'enterprise-status',
      recordOf(subject, { status: 'suspended', statusSince: '2026-11-21' }),
    );
    expect(await stateOf(repeat)).toBe('held');

    const answer = await call('POST', `/v1/ops/dead-letters/${wrong}/withdraw`, {
      reason: 'sent by mistake',
    });
    expect(answer).toMatchObject({ status: 200, body: { state: 'withdrawn' } });
    expect(await ownStanding(subject)).toEqual({ version: 3, status: 'suspended' });
    await pair.deliver(pair.cn, ['0']);
    expect(await stateOf(wrong)).toBe('withdrawn');
    expect(await listed('withdrawn')).toEqual([wrong]);
    expect(await stateOf(repeat)).toBe('delivered');
    expect(await pair.us.db.sql('select version from version_hole where subject = $1', [subject])).toEqual(
      [],
    );
    const [row] = await pair.us.db.sql(
      'select version::int as version, moot from version_void where subject = $1',
      [subject],
    );
    expect(row).toEqual({ version: 2, moot: false });
    expect(await auditKinds(wrong)).toEqual(['message-accepted', 'message-withdrawn']);
  });

  it('that the partner holds all the same, because an answer was lost, counts again when its receipt comes', async () => {
    const subject = nextSubject();
    await submit('enterprise-status', recordOf(subject));
    await pair.deliver(pair.cn, ['0']);
    const change = await submit('certification-change', suspensionOf(subject));
    pair.wire.post = async (_to, _body, forward) => {
      await forward();
      return { status: 500, headers: {}, body: '', ms: 1 };
    };
    await pair.deliver(pair.cn, ['0']);
    pair.wire.post = (_to, _body, forward) => forward();
    await park(change);
    await call('POST', `/v1/ops/dead-letters/${change}/withdraw`);
    expect(await ownStanding(subject)).toEqual({ version: 1, status: 'certified' });

    await pair.cn.db.sql('update lane set next_attempt_at = null');
    await pair.deliver(pair.cn, ['0']);
    await pair.receipt(pair.us);
    expect(await stateOf(change)).toBe('receipted');
    expect(await ownStanding(subject)).toEqual({ version: 2, status: 'suspended' });
    for (const side of [pair.cn, pair.us]) {
      expect(await side.db.sql('select moot from version_void where subject = $1', [subject])).toEqual([
        { moot: true },
      ]);
    }
  });
});

describe('withdrawing', () => {
  it('is refused with 409 while a request with the message may be under way, and allowed once it is not', async () => {
    const id = await submit('enterprise-status', recordOf(nextSubject()));
    let during: number | undefined;
    pair.wire.post = async () => {
      during = (await call('POST', `/v1/ops/messages/${id}/withdraw`)).status;
      return { status: 503, headers: { 'retry-after': '1' }, body: '', ms: 1 };
    };
    await pair.deliver(pair.cn, ['0']);
    expect(during).toBe(409);
    expect((await call('POST', `/v1/ops/messages/${id}/withdraw`)).status).toBe(200);
    expect((await call('POST', `/v1/ops/messages/${id}/withdraw`)).status).toBe(409);
    expect(
      (await call('POST', `/v1/ops/messages/${id.replace(/.{12}$/, '000000000000')}/withdraw`)).status,
    ).toBe(404);
  });

  it('of a receipt message makes what it receipted owed again', async () => {
    const { us } = pair;
    const subject = nextSubject();
    const id = await submit('enterprise-status', recordOf(subject));
    await pair.deliver(pair.cn, ['0']);
    pair.wire.post = async () => ({ status: 500, headers: {}, body: '', ms: 1 });
    await pair.receipt(us);
    pair.wire.post = (_to, _body, forward) => forward();
    const [pending] = await us.db.sql<{ id: string }>(`select id from outbox where lane = 'control'`);
    const act = { by: 'test', now: new Date() };
    await us.db.database.transaction((tx) => withdrawMessages(tx, us, us.link, [pending?.id ?? ''], act));
    expect(await us.db.sql('select 1 from receipt_owed where id = $1', [id])).toHaveLength(1);
  });
});

describe('a refused message', () => {
  it('gives up its cells, and is submitted again as a new one with the same case number and corrected data', async () => {
    const subject = nextSubject();
    await submit('enterprise-status', recordOf(subject));
    await pair.deliver(pair.cn, ['0']);
    const refused = await submit('certification-change', suspensionOf(subject), { txn: 'CASE-9' });
    expect(await ownStanding(subject)).toEqual({ version: 2, status: 'suspended' });
    await refuse(refused);
    expect(await ownStanding(subject)).toEqual({ version: 1, status: 'certified' });
    const { body: list } = await call('GET', '/v1/ops/dead-letters?kind=refused');
    expect(list.items).toMatchObject([
      { id: refused, err: 'invalid_request', reason: '/data/status 4.3: not so' },
    ]);

    const data = { ...suspensionOf(subject), legalBasis: 'GACC Order 282, article 5' };
    const key = { 'idempotency-key': `again-${refused}` };
    const again = await call(
      'POST',
      `/v1/ops/dead-letters/${refused}/resubmit`,
      { data, reason: 'basis named' },
      key,
    );
    expect(again).toMatchObject({
      status: 202,
      body: { subject, version: 3, state: 'accepted', replaces: refused },
    });
    const followed = await followMessage(pair.cn.db.database, again.body.id);
    expect(followed).toMatchObject({ txn: 'CASE-9', replaces: refused });
    expect((await followMessage(pair.cn.db.database, refused))?.replacedBy).toBe(again.body.id);
    expect(await auditKinds(refused)).toContain('message-resubmitted');
    expect((await call('GET', '/v1/ops/dead-letters')).body.items).toEqual([]);
  });

  it('is superseded where its subject has a greater version, and can be dismissed', async () => {
    const subject = nextSubject();
    const refused = await submit('enterprise-status', recordOf(subject));
    await submit('certification-change', suspensionOf(subject));
    await refuse(refused);
    const again = await call('POST', `/v1/ops/dead-letters/${refused}/resubmit`);
    expect(again).toMatchObject({ status: 409, body: { type: 'urn:mra-gateway:problem:superseded' } });
    const dismissed = await call('POST', `/v1/ops/dead-letters/${refused}/dismiss`, { reason: 'overtaken' });
    expect(dismissed).toMatchObject({ status: 200, body: { dismissed: true } });
    expect(await auditKinds(refused)).toContain('refusal-dismissed');
    expect(await stateOf(refused)).toBe('refused');
  });

  it('is not submitted again with data that break the contract or are about another subject', async () => {
    const subject = nextSubject();
    const refused = await submit('enterprise-status', recordOf(subject));
    await refuse(refused);
    const broken = await call('POST', `/v1/ops/dead-letters/${refused}/resubmit`, {
      data: { programme: 'CN-AEO' },
    });
    expect(broken.status).toBe(422);
    expect(broken.body.errors.length).toBeGreaterThan(1);
    const other = await call('POST', `/v1/ops/dead-letters/${refused}/resubmit`, {
      data: recordOf(nextSubject()),
    });
    expect(other.body).toMatchObject({
      status: 422,
      errors: [{ pointer: '/data', code: 'subject-mismatch' }],
    });
    expect((await call('GET', '/v1/ops/dead-letters')).body.items).toHaveLength(1);
  });

  it('takes its cells back when a later receipt says that it was accepted', async () => {
    const subject = nextSubject();
    const id = await submit('enterprise-status', recordOf(subject));
    await refuse(id);
    expect(await ownStanding(subject)).toBeUndefined();
    await pair.cn.db.database.transaction((tx) => sendAgain(tx, pair.cn.link, [id], new Date()));
    await pair.deliver(pair.cn, ['0']);
    await pair.receipt(pair.us);
    expect(await stateOf(id)).toBe('receipted');
    expect(await ownStanding(subject)).toEqual({ version: 1, status: 'certified' });
    expect((await call('GET', '/v1/ops/dead-letters')).body.items).toEqual([]);
  });
});

describe('in bulk', () => {
  it('acts on all that fit the filter, needs a reason, and does nothing with dryRun', async () => {
    const subjects = [nextSubject(), nextSubject(), nextSubject()];
    const ids = await Promise.all(subjects.map((subject) => submit('enterprise-status', recordOf(subject))));
    for (const id of ids) await park(id);
    const filter = { ids: ids.slice(0, 2) };
    expect((await call('POST', '/v1/ops/dead-letters/retry', { filter })).body).toMatchObject({
      status: 400,
      errors: [{ pointer: '/reason' }],
    });
    const reason = 'the partner mended it';
    expect((await call('POST', '/v1/ops/dead-letters/retry', { filter, reason, dryRun: true })).body).toEqual(
      {
        action: 'retry',
        dryRun: true,
        matched: 2,
        enterprises: 2,
        links: ['us-cbp'],
        done: 0,
        failed: [],
        more: false,
      },
    );
    expect((await outboxOf(pair.cn)).filter((m) => m.parked)).toHaveLength(3);
    const groups = await call('GET', '/v1/ops/dead-letters/groups?kind=parked');
    expect(groups.body).toMatchObject({ total: 3, enterprises: 3, items: [{ kind: 'parked', count: 3 }] });
    expect((await call('POST', '/v1/ops/dead-letters/retry', { filter, reason })).body).toMatchObject({
      done: 2,
    });
    expect((await outboxOf(pair.cn)).filter((m) => m.parked)).toHaveLength(1);
    const all = await call('POST', '/v1/ops/dead-letters/withdraw', { filter: {}, reason });
    expect(all.status).toBe(202);
    expect((await outboxOf(pair.cn)).filter((m) => m.parked)).toHaveLength(1);
    const { id } = (all.body as { approval: { id: string } }).approval;
    const second = { id: 'second', name: 'second', scopes: new Set(['operate'] as const) };
    const { result } = await approvals.approve(id, second);
    expect(result).toMatchObject({ matched: 1, done: 1, failed: [] });
  });

  it('names what could not be done, and does the rest', async () => {
    const [overtaken, good] = [nextSubject(), nextSubject()];
    const first = await submit('enterprise-status', recordOf(overtaken));
    await submit('certification-change', suspensionOf(overtaken));
    const second = await submit('enterprise-status', recordOf(good));
    await refuse(first, second);
    const { body } = await call('POST', '/v1/ops/dead-letters/resubmit', { filter: {}, reason: 'mended' });
    expect(body).toMatchObject({ matched: 2, done: 1, failed: [{ id: first, problem: { status: 409 } }] });
  });
});

describe('the quarantine', () => {
  it('is exported with its bytes, which is audited, and dismissed with a reason', async () => {
    const sha256 = Buffer.alloc(32, 7);
    await pair.cn.db.sql(
      `insert into quarantine (link, sha256, message_id, type, subject, bytes, errors, first_at, last_at)
       values ('us-cbp', $1, gen_random_uuid(), 'enterprise-status', 'US10000042', 'a.b.c', '[{"pointer":"/data","code":"missing-member","message":"must be there"}]', now(), now())`,
      [sha256],
    );
    const { body: list } = await call('GET', '/v1/ops/quarantine?q=US10000042');
    expect(list.items).toMatchObject([{ sha256: sha256.toString('base64url'), bytesKept: true }]);
    const { body: groups } = await call('GET', '/v1/ops/quarantine/groups');
    expect(groups.items).toMatchObject([{ code: 'missing-member', count: 1, subjects: 1 }]);
    const { body: exported } = await call('GET', '/v1/ops/quarantine/export');
    expect(exported).toMatchObject({ jws: 'a.b.c', subject: 'US10000042' });
    const path = `/v1/ops/quarantine/us-cbp/${sha256.toString('base64url')}`;
    expect((await call('GET', `${path}/set`)).body).toBe('a.b.c');
    expect((await call('POST', `${path}/dismiss`, { reason: 'looked into' })).status).toBe(204);
    expect((await call('POST', `${path}/dismiss`)).status).toBe(404);
    const kinds = await auditKinds(list.items[0].messageId);
    expect(kinds).toEqual(['quarantine-exported', 'quarantine-exported', 'quarantine-dismissed']);
  });
});

describe('a link', () => {
  it('that is halted or paused goes on by an operator, with an audit entry; its lanes are woken', async () => {
    expect((await call('POST', '/v1/ops/links/us-cbp/pause', { reason: 'maintenance' })).status).toBe(204);
    await submit('enterprise-status', recordOf(nextSubject()));
    expect(await pair.deliver(pair.cn, ['0'])).toEqual([{ ended: 'halted' }]);
    expect((await call('POST', '/v1/ops/links/us-cbp/resume', { reason: 'over' })).status).toBe(204);
    expect(woken).toContainEqual({ link: 'us-cbp', lane: '0' });
    expect(await pair.deliver(pair.cn, ['0'])).toEqual([{ ended: 'empty' }]);
    expect((await call('POST', '/v1/ops/links/nobody/resume')).status).toBe(404);
    const [entry] = await pair.cn.db.sql<{ content: string }>(
      `select content from audit_pending where content like '%link-resume%'`,
    );
    expect(JSON.parse(entry?.content ?? '{}')).toMatchObject({
      by: 'operator',
      reason: 'over',
      wasHalted: 'paused by operator: maintenance',
    });
  });
});
