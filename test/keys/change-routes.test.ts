import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OwnKeyRow } from '../../src/keys/own-keys.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;
let admin: string;
let second: string;
beforeAll(async () => {
  gateway = await startTestGateway('CN', 940);
  admin = await gateway.grant('admin');
  second = await gateway.grant('admin');
});
afterAll(() => gateway[Symbol.asyncDispose]());

async function call(method: string, path: string, token: string, body?: object): Promise<Response> {
  return fetch(gateway.internal + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

async function ownKeys(): Promise<OwnKeyRow[]> {
  const answer = await call('GET', '/v1/ops/keys', admin);
  return ((await answer.json()) as { own: OwnKeyRow[] }).own;
}

async function entriesOf(kind: string): Promise<Record<string, unknown>[]> {
  const answer = await call('GET', `/v1/ops/audit/entries?kind=${kind}`, await gateway.grant('auditor'));
  return ((await answer.json()) as { items: { content: Record<string, unknown> }[] }).items.map(
    ({ content }) => content,
  );
}

/** Asks as one person. @returns what waits for another */
async function ask(path: string, reason: string): Promise<string> {
  const answer = await call('POST', path, admin, { reason });
  expect(answer.status).toBe(202);
  const { approval } = (await answer.json()) as { approval: { id: string } };
  expect((await call('POST', `/v1/ops/approvals/${approval.id}/approve`, admin)).status).toBe(403);
  return approval.id;
}

async function approve<R>(id: string): Promise<R> {
  const answer = await call('POST', `/v1/ops/approvals/${id}/approve`, second);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { result: R }).result;
}

describe('keys by the operator API', () => {
  it('are changed with the scope keys and a reason only', async () => {
    const operator = await gateway.grant('operator');
    expect((await call('POST', '/v1/ops/keys/rotate', operator, { reason: 'x' })).status).toBe(403);
    expect((await call('POST', '/v1/ops/keys/rotate', admin, {})).status).toBe(400);
    const early = { reason: 'x', alg: 'ML-DSA-65' };
    expect((await call('POST', '/v1/ops/keys/rotate', admin, early)).status).toBe(409);
    expect((await call('GET', '/v1/ops/keys', operator)).status).toBe(200);
  });

  it('rotates: the next key is there, announced, and does not sign yet', async () => {
    const answer = await call('POST', '/v1/ops/keys/rotate', admin, { reason: 'yearly' });
    expect(answer.status).toBe(201);
    const made = (await answer.json()) as { kid: string; announcedTo: string[] };
    expect(made.announcedTo).toEqual(['us-cbp']);
    const rows = await ownKeys();
    expect(rows.find(({ kid }) => kid === made.kid)?.state).toBe('next');
    expect(rows.filter(({ state }) => state === 'active')).toHaveLength(1);
    await expect.poll(() => entriesOf('key-made')).toMatchObject([{ kid: made.kid, reason: 'yearly' }]);
  });

  it('makes the next key to encrypt to, announced where a link encrypts, and it signs nothing', async () => {
    const answer = await call('POST', '/v1/ops/keys/rotate', admin, { reason: 'yearly', use: 'enc' });
    expect(answer.status).toBe(201);
    const made = (await answer.json()) as { kid: string; thumbprint: string };
    expect(made).toMatchObject({ use: 'enc', alg: 'ECDH-ES+A256KW', announcedTo: [] });
    expect((await ownKeys()).map(({ kid }) => kid)).not.toContain(made.kid);
    const listed = (await (await call('GET', '/v1/ops/keys', admin)).json()) as { ownEncryption: object[] };
    expect(listed.ownEncryption).toMatchObject([
      { kid: made.kid, thumbprint: made.thumbprint, announced: [] },
    ]);
    const metrics = await (await fetch(`${gateway.internal}/metrics`)).text();
    expect(metrics).toMatch(
      new RegExp(`mra_key_days_left\\{kid="${made.kid}",link="",use="enc",state="held"\\} 36[45]`),
    );
  });

  it('revokes the key that signs when a second person approves: the next one does from then on', async () => {
    const active = (await ownKeys()).find(({ state }) => state === 'active')?.kid ?? '';
    const waiting = await ask(`/v1/ops/keys/${active}/revoke`, 'lost');
    expect((await ownKeys()).find(({ kid }) => kid === active)?.state).toBe('active');
    const done = await approve<{ successor: string; unconfirmed: string[] }>(waiting);
    expect(done.unconfirmed).toEqual(['us-cbp']);
    const rows = await ownKeys();
    expect(rows.find(({ kid }) => kid === active)?.state).toBe('revoked');
    expect(rows.find(({ kid }) => kid === done.successor)?.state).toBe('active');
    const again = await call('POST', `/v1/ops/keys/${active}/revoke`, admin, { reason: 'again' });
    expect(again.status).toBe(404);
    await expect
      .poll(() => entriesOf('key-revoked'))
      .toMatchObject([
        { kid: active, reason: 'lost', by: expect.stringMatching(/^test-admin-\d, test-admin-\d$/) },
      ]);
  });

  it('says of a partner’s key that was not announced that there is none', async () => {
    const path = '/v1/ops/keys/partners/us-cbp/us-2099-01/confirm';
    const body = { thumbprint: 'x', reason: 'by telephone' };
    expect((await call('POST', path, admin, body)).status).toBe(404);
    expect((await call('POST', path.replace('us-cbp', 'nobody'), admin, body)).status).toBe(404);
  });

  it('stops a partner’s pinned key when a second person approves', async () => {
    const answer = await call('GET', '/v1/ops/keys', admin);
    const { partners } = (await answer.json()) as { partners: { keys: { kid: string }[] }[] };
    const kid = partners[0]?.keys[0]?.kid ?? '';
    const path = `/v1/ops/keys/partners/us-cbp/${kid}/revoke`;
    const nobody = path.replace(kid, 'us-2099-01');
    expect((await call('POST', nobody, admin, { reason: 'x' })).status).toBe(404);
    expect(await approve(await ask(path, 'their call'))).toEqual({ link: 'us-cbp', kid });
    await expect.poll(() => entriesOf('partner-key-revoked')).toMatchObject([{ kid, reason: 'their call' }]);
  });
});
