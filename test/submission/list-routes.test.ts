import { afterAll, beforeAll, expect, it } from 'vitest';
import { grantAccess } from '../../src/access/grant-access.ts';
import { tokenReader } from '../../src/access/read-token.ts';
import { appendEntries } from '../../src/audit/append-entries.ts';
import { requireTokens } from '../../src/http/authenticate.ts';
import { addMessageList } from '../../src/submission/list-routes.ts';
import { type Answered, ask } from '../support/ask.ts';
import { startTestServer, type TestServer } from '../support/http.ts';
import { recordOf } from '../support/messages.ts';
import { createPair, type Pair } from '../support/pair.ts';

let pair: Pair;
let server: TestServer;
let tokens: Record<'any' | 'elsewhere', string>;
const reads: object[] = [];

beforeAll(async () => {
  pair = await createPair();
  const { database } = pair.cn.db;
  const bodies = [0, 1, 2].map((n) => ({ type: 'enterprise-status', data: recordOf(`CN4403960A1${n}`) }));
  await pair.cn.submit(...bodies);
  const grant = async (name: string, link?: string): Promise<string> =>
    (await grantAccess(database, appendEntries, { name, role: 'auditor', link }, 'test', new Date())).token;
  tokens = { any: await grant('any'), elsewhere: await grant('elsewhere', 'jp-customs') };
  server = await startTestServer('internal', (app) => {
    requireTokens(app, tokenReader(database));
    addMessageList(app, { database, party: 'CN', reads: { record: (read) => void reads.push(read) } });
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await pair[Symbol.asyncDispose]();
});

interface Page {
  type?: string;
  items: { id: string; state: string; acceptedAt: string }[];
  next: string | null;
}

const list = (query: string, token = tokens.any): Promise<Answered<Page>> =>
  ask<Page>(server.url, { method: 'GET', path: `/v1/messages${query}`, token });

it('pages by an opaque cursor until next is null', async () => {
  const first = await list('?limit=2&state=accepted');
  expect(first.body.items.map(({ state }) => state)).toEqual(['accepted', 'accepted']);
  const second = await list(`?limit=2&state=accepted&cursor=${first.body.next}`);
  expect(second.body.items).toHaveLength(1);
  expect(second.body.next).toBeNull();
  const ids = [...first.body.items, ...second.body.items].map(({ id }) => id);
  expect(ids).toEqual([...ids].sort().reverse());
  expect(new Set(ids).size).toBe(3);
});

it('takes instants with their offset', async () => {
  const [newest] = (await list('?limit=1')).body.items;
  const until = encodeURIComponent(new Date(Date.now() + 60_000).toISOString());
  expect((await list(`?since=${newest?.acceptedAt}&until=${until}`)).body.items.length).toBeGreaterThan(0);
  expect((await list(`?since=${until}`)).body.items).toEqual([]);
});

it('refuses what it does not know', async () => {
  for (const query of ['?state=lost', '?since=yesterday', '?limit=0', '?sort=up']) {
    const { status, body } = await list(query);
    expect([query, status, body.type]).toEqual([query, 400, 'urn:mra-gateway:problem:malformed']);
  }
  const { status, body } = await list('?cursor=abc');
  expect([status, body.type]).toEqual([400, 'urn:mra-gateway:problem:cursor-malformed']);
});

it('shows a token that is bound to a link nothing of the others', async () => {
  expect((await list('', tokens.elsewhere)).body.items).toEqual([]);
  expect((await list('?link=us-cbp', tokens.elsewhere)).status).toBe(403);
});
