import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { awaitSecondPerson } from '../../src/access/approval-routes.ts';
import { openTestApi, type TestApi } from './open-api.ts';

let api: TestApi;
let done: unknown[] = [];
let fails = false;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  api = await openTestApi({
    addRoutes(routes, { approvals }) {
      approvals.add({
        kind: 'erase',
        scope: 'erase',
        async execute(tx, params, act) {
          if (fails) throw new Error('no disk');
          await tx.query({ name: 'test-act', text: 'delete from feed_pending', values: [] });
          return { erased: params, for: act.requestedBy };
        },
        committed: (result) => done.push(result),
      });
      routes.post('/v1/ops/erase', { config: { scope: 'erase' } }, (request, reply) =>
        awaitSecondPerson(approvals, request, reply, {
          kind: 'erase',
          params: { subject: 'CN4403960A1B' },
          summary: 'Erase CN4403960A1B: 3 messages',
          reason: 'consent withdrawn',
        }),
      );
    },
  });
  for (const name of ['li', 'wang']) tokens[name] = await api.token({ name, role: 'admin' });
  tokens.operator = await api.token({ name: 'zhao', role: 'operator' });
  tokens.reader = await api.token({ name: 'reader', role: 'reader' });
});
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(() => {
  done = [];
  fails = false;
});

async function ask(): Promise<string> {
  const answer = await api.call('POST', '/v1/ops/erase', tokens.li);
  expect(answer.status).toBe(202);
  const { approval } = (await answer.json()) as { approval: { id: string; state: string } };
  expect(answer.headers.get('location')).toBe(`/v1/ops/approvals/${approval.id}`);
  expect(approval.state).toBe('waiting');
  return approval.id;
}
const decide = (id: string, word: string, who: string) =>
  api.call('POST', `/v1/ops/approvals/${id}/${word}`, tokens[who]);

describe('an act that needs two people', () => {
  it('waits, is done when another approves it, and says who did what', async () => {
    const id = await ask();
    expect(done).toEqual([]);
    const answer = await decide(id, 'approve', 'wang');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      id,
      kind: 'erase',
      state: 'approved',
      summary: 'Erase CN4403960A1B: 3 messages',
      requestedBy: 'li',
      decidedBy: 'wang',
      result: { erased: { subject: 'CN4403960A1B' }, for: 'li' },
    });
    expect(done).toHaveLength(1);
    const kinds = (await api.entries()).filter((entry) => Reflect.get(entry, 'approval') === id);
    expect(kinds.map((entry) => entry.kind).sort()).toEqual(['approval-approved', 'approval-requested']);
  });

  it('is not released by the one who asked, in whatever session', async () => {
    const id = await ask();
    const own = await decide(id, 'approve', 'li');
    expect(own.status).toBe(403);
    expect(await own.json()).toMatchObject({ type: 'urn:mra-gateway:problem:second-person-needed' });
    const opened = await api.call('POST', '/v1/session', tokens.li);
    const { csrf } = (await opened.json()) as { csrf: string };
    const cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? '';
    const headers = { cookie, 'x-csrf-token': csrf };
    const inSession = await api.call(
      'POST',
      `/v1/ops/approvals/${id}/approve`,
      undefined,
      undefined,
      headers,
    );
    expect(inSession.status).toBe(403);
    expect(done).toEqual([]);
  });

  it('is not released by somebody who may not do it', async () => {
    const id = await ask();
    expect((await decide(id, 'approve', 'operator')).status).toBe(403);
    expect((await decide(id, 'approve', 'reader')).status).toBe(403);
    expect(done).toEqual([]);
  });

  it('is done once, however many approve it at once', async () => {
    const id = await ask();
    const answers = await Promise.all(Array.from({ length: 5 }, () => decide(id, 'approve', 'wang')));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409, 409, 409]);
    expect(done).toHaveLength(1);
  });

  it('changes nothing and goes on waiting when it cannot be done', async () => {
    const id = await ask();
    fails = true;
    expect((await decide(id, 'approve', 'wang')).status).toBe(500);
    fails = false;
    expect((await decide(id, 'approve', 'wang')).status).toBe(200);
  });

  it('ends when it is rejected or taken back, and is not done then', async () => {
    const [rejected, withdrawn] = [await ask(), await ask()];
    expect(await (await decide(rejected, 'reject', 'wang')).json()).toMatchObject({ state: 'rejected' });
    expect(await (await decide(withdrawn, 'reject', 'li')).json()).toMatchObject({ state: 'withdrawn' });
    expect((await decide(rejected, 'approve', 'wang')).status).toBe(409);
    expect((await decide(withdrawn, 'approve', 'wang')).status).toBe(409);
    expect(done).toEqual([]);
  });

  it('expires after a day', async () => {
    const id = await ask();
    await api.db.sql("update approval set expires_at = now() - interval '1 second' where id = $1", [id]);
    expect((await decide(id, 'approve', 'wang')).status).toBe(409);
    const shown = await api.call('GET', `/v1/ops/approvals/${id}`, tokens.wang);
    expect(await shown.json()).toMatchObject({ state: 'expired', decidedBy: null });
  });

  it('is listed for those who may release it, newest first, page by page', async () => {
    await api.db.sql('delete from approval');
    const ids = [await ask(), await ask(), await ask()];
    await decide(ids[1] ?? '', 'reject', 'wang');
    const list = async (query: string) =>
      (await (await api.call('GET', `/v1/ops/approvals?${query}`, tokens.wang)).json()) as {
        items: { id: string }[];
        next: string | null;
      };
    const waiting = await list('state=waiting&limit=1');
    expect(waiting.items.map((item) => item.id)).toEqual([ids[2]]);
    const rest = await list(`state=waiting&limit=5&cursor=${waiting.next}`);
    expect(rest).toEqual({ items: [expect.objectContaining({ id: ids[0] })], next: null });
    expect((await api.call('GET', '/v1/ops/approvals', tokens.reader)).status).toBe(403);
    expect((await api.call('GET', '/v1/ops/approvals/none', tokens.wang)).status).toBe(404);
  });
});
