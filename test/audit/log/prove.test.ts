import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPolicy, writePolicy } from '../../../src/audit/notes/policy.ts';
import { keyOfLog } from '../../../src/audit/notes/verifier-key.ts';
import { addAuditRoutes } from '../../../src/audit/ops-routes.ts';
import { checkProof } from '../../../src/audit/prove-entry.ts';
import { proveMessage } from '../../../src/audit/prove-message.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';
import { type AuditedPair, createAuditedPair } from './audited-side.ts';

const message = uuidv7();
let pair: AuditedPair;
let api: TestServer;
beforeAll(async () => {
  pair = await createAuditedPair();
  const { cn } = pair;
  await cn.append(300);
  await cn.append(1, { kind: 'message-accepted', message, subject: 'CN4403960A1B' });
  await cn.append(20);
  await cn.append(1, { kind: 'message-withdrawn', message });
  await cn.sequence();
  await cn.publish();
  await cn.append(40);
  await cn.sequence();
  api = await startTestServer('internal', (app) =>
    addAuditRoutes(app, { database: cn.db.database, logName: 'customs.example/audit', now: () => cn.now }),
  );
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await pair[Symbol.asyncDispose]();
});

const policy = () =>
  readPolicy(
    Buffer.from(
      writePolicy(
        [keyOfLog(pair.cn.keys.log.verifier, '2026')],
        new Map([['us', pair.us.keys.witness.verifier]]),
      ),
    ),
  );

const get = async (path: string) => {
  const response = await fetch(`${api.url}${path}`);
  return { status: response.status, text: await response.text() };
};

describe('a proof of a message', () => {
  it('holds by the policy alone and opens the entry, one for each entry about the message', async () => {
    const proofs = await proveMessage(pair.cn.db.database, message);
    expect(proofs.map(({ log, index }) => [log, index])).toEqual([
      ['2026', 300],
      ['2026', 321],
    ]);
    const checked = checkProof(Buffer.from(proofs[0]?.text ?? ''), policy());
    expect(checked).toMatchObject({
      index: 300,
      cosigned: ['us'],
      content: { kind: 'message-accepted', message, subject: 'CN4403960A1B' },
      checkpoint: { origin: 'customs.example/audit/2026', size: 322 },
    });
  });

  it('with any one bit flipped does not hold', async () => {
    const [proof] = await proveMessage(pair.cn.db.database, message);
    const bytes = Buffer.from(proof?.text ?? '');
    for (let at = 0; at < bytes.length; at++) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (at % 7)), at);
      expect(() => checkProof(flipped, policy())).toThrow(expect.objectContaining({ name: 'AuditError' }));
    }
  });

  it('of an entry whose content is gone still holds, and says so', async () => {
    await pair.cn.db.sql(
      `update audit_entry set salt = null, content = null, gone = 'erased' where index = 321`,
    );
    const [, proof] = await proveMessage(pair.cn.db.database, message);
    expect(checkProof(Buffer.from(proof?.text ?? ''), policy())).toMatchObject({
      index: 321,
      content: null,
      gone: 'erased',
    });
  });

  it('of a message that the log does not know cannot be had', async () => {
    await expect(proveMessage(pair.cn.db.database, uuidv7())).rejects.toThrow(/no entry of the log is about/);
  });
});

describe('what an auditor reads', () => {
  it('are the entries with what opens them, newest first, page by page', async () => {
    const seen: number[] = [];
    let cursor = '';
    do {
      const page = JSON.parse((await get(`/v1/ops/audit/entries?limit=100${cursor}`)).text);
      seen.push(...page.items.map((item: { index: number }) => item.index));
      cursor = page.next === null ? '' : `&cursor=${page.next}`;
    } while (cursor !== '');
    expect(seen).toEqual(Array.from({ length: 362 }, (_, n) => 361 - n));
    const { items } = JSON.parse((await get(`/v1/ops/audit/entries?message=${message}`)).text);
    expect(items).toMatchObject([
      { index: 300, origin: 'customs.example/audit/2026', content: { kind: 'message-accepted' }, gone: null },
      { index: 321, content: null, gone: 'erased' },
    ]);
    expect(JSON.parse((await get('/v1/ops/audit/entries?kind=message-accepted')).text).items).toHaveLength(1);
    expect((await get('/v1/ops/audit/entries?cursor=x')).status).toBe(400);
  });

  it('are proofs of single entries, and the checkpoints with their cosignatures', async () => {
    const { text } = await get('/v1/ops/audit/entries/2026/5/proof');
    expect(checkProof(Buffer.from(text), policy())).toMatchObject({
      index: 5,
      content: { kind: 'tested', n: 5 },
    });
    expect((await get('/v1/ops/audit/entries/2026/362/proof')).status).toBe(404);
    const { items, witnesses, alerts } = JSON.parse((await get('/v1/ops/audit/checkpoints')).text);
    expect(
      items.map(({ size, cosignatures }: { size: number; cosignatures: object[] }) => [
        size,
        cosignatures.length,
      ]),
    ).toEqual([
      [362, 0],
      [322, 1],
    ]);
    expect(witnesses).toMatchObject([{ link: 'us-cbp', state: 'compared' }]);
    expect(alerts).toEqual([]);
  });

  it('are alerts when a partner has not cosigned for five minutes', async () => {
    const { cn } = pair;
    cn.now = new Date(cn.now.getTime() + 301_000);
    const { alerts } = JSON.parse((await get('/v1/ops/audit/checkpoints')).text);
    expect(alerts).toMatchObject([{ code: 'audit-not-cosigned', link: 'us-cbp' }]);
    await cn.publish();
    expect(JSON.parse((await get('/v1/ops/audit/checkpoints')).text).alerts).toEqual([]);
  });
});
