import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { grantAccess } from '../../src/access/grant-access.ts';
import { tokenReader } from '../../src/access/read-token.ts';
import { appendEntries } from '../../src/audit/append-entries.ts';
import { requireTokens } from '../../src/http/authenticate.ts';
import { idempotencyOf, jsonAnswer, sendAnswer, withIdempotency } from '../../src/http/idempotency.ts';
import { Problem } from '../../src/http/problem.ts';
import { startTestServer, type TestServer } from '../support/http.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

let db: TestDatabase;
let gateway: TestServer;
let tokens: string[];
let worked = 0;

beforeAll(async () => {
  db = await createTestDatabase();
  await db.sql('create table effect (n serial, what text)');
  const grant = (name: string) =>
    grantAccess(db.database, appendEntries, { name, role: 'backend' }, 'test', new Date());
  tokens = [(await grant('a')).token, (await grant('b')).token];
  gateway = await startTestServer('internal', (server) => {
    requireTokens(server, tokenReader(db.database));
    server.post<{ Body: { what: string } }>(
      '/do',
      { config: { scope: 'messages:submit' } },
      async (request, reply) => {
        const answer = await db.database.transaction((tx) =>
          withIdempotency(tx, idempotencyOf(request), async () => {
            worked++;
            const { what } = request.body;
            const [row] = await tx.query<{ n: number }>({
              name: 'effect',
              text: 'insert into effect (what) values ($1) returning n',
              values: [what],
            });
            if (what === 'slow') await delay(200);
            if (what === 'refused') throw new Problem('invalid-message');
            if (what === 'none') return jsonAnswer(409, {});
            return jsonAnswer(202, { n: row?.n, what }, { location: `/effects/${row?.n}` });
          }),
        );
        return sendAnswer(reply, answer);
      },
    );
  });
});
beforeEach(() => {
  worked = 0;
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await db.close();
});

function send(what: string, key?: string, options: { caller?: number; query?: string } = {}) {
  return fetch(`${gateway.url}/do${options.query ?? ''}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${tokens[options.caller ?? 0]}`,
      'content-type': 'application/json',
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    body: JSON.stringify({ what }),
  });
}

const effects = async (what: string) => (await db.sql('select 1 from effect where what = $1', [what])).length;
const codeOf = async (answer: Response) =>
  ((await answer.json()) as { type: string }).type.replace('urn:mra-gateway:problem:', '');

describe('an idempotency key', () => {
  it('gives the same request the same answer, byte for byte, and one effect', async () => {
    const first = await send('once', 'k-once');
    const second = await send('once', 'k-once');
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(await second.text()).toBe(await first.text());
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect([first, second].map((a) => a.headers.get('idempotency-replayed'))).toEqual([null, 'true']);
    expect(await effects('once')).toBe(1);
  });

  it('makes ten requests at once one effect with one answer', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => send('slow', 'k-slow')));
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(new Set(texts).size).toBe(1);
    expect(worked).toBe(1);
    expect(await effects('slow')).toBe(1);
  });

  it.each([
    ['another body', () => send('other', 'k-reused')],
    ['another query', () => send('reused', 'k-reused', { query: '?atomic=true' })],
  ])('is refused in a 422 for %s', async (_, again) => {
    await send('reused', 'k-reused');
    const answer = await again();
    expect(answer.status).toBe(422);
    expect(await codeOf(answer)).toBe('idempotency-key-reused');
    expect(await effects('other')).toBe(0);
  });

  it('belongs to its caller: another may use the same', async () => {
    await send('mine', 'k-shared');
    expect((await send('theirs', 'k-shared', { caller: 1 })).status).toBe(202);
  });

  it.each([
    ['is thrown', 'refused', 422],
    ['is an answer', 'none', 409],
  ])(
    'keeps nothing of a refusal that %s, so that the repaired request may use it',
    async (_, what, status) => {
      expect((await send(what, `k-${what}`)).status).toBe(status);
      expect((await send(what, `k-${what}`)).status).toBe(status);
      expect(worked).toBe(2);
      expect((await send('repaired', `k-${what}`)).status).toBe(202);
    },
  );

  it('lets the one that waits do the work when the first fails', async () => {
    const first = db.database.transaction((tx) =>
      withIdempotency(tx, { caller: 'x', key: 'k-wait', requestHash: Buffer.from('h') }, async () => {
        await delay(200);
        throw new Error('failed');
      }),
    );
    first.catch(() => {});
    await delay(50);
    const second = await db.database.transaction((tx) =>
      withIdempotency(tx, { caller: 'x', key: 'k-wait', requestHash: Buffer.from('h') }, async () =>
        jsonAnswer(200, 'second'),
      ),
    );
    expect(second.body).toBe('"second"');
    await expect(first).rejects.toThrow('failed');
  });

  it('is free again after 72 hours', async () => {
    await send('kept', 'k-old');
    await db.sql(`update idempotency set at = now() - interval '71 hours 59 minutes' where key = 'k-old'`);
    expect((await send('other-kept', 'k-old')).status).toBe(422);
    await db.sql(`update idempotency set at = now() - interval '72 hours 1 minute' where key = 'k-old'`);
    expect((await send('other-kept', 'k-old')).status).toBe(202);
    expect((await send('other-kept', 'k-old')).headers.get('idempotency-replayed')).toBe('true');
  });

  it.each(['with blank', 'x'.repeat(256), 'ümlaut'])('that is malformed is a 400: %s', async (key) => {
    const answer = await send('malformed', key);
    expect(answer.status).toBe(400);
    expect(await codeOf(answer)).toBe('idempotency-key-malformed');
  });

  it('is not needed', async () => {
    await send('twice');
    await send('twice');
    expect(await effects('twice')).toBe(2);
  });
});
