import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadAuditKeys, makeAuditKeys } from '../../src/audit/own-audit-keys.ts';
import { findRecorded, gatherEvidence } from '../../src/operations/evidence/gather-evidence.ts';
import { recordOf } from '../support/messages.ts';
import { createPair, type Pair, type Side } from '../support/pair.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

let pair: Pair;
let id: string;

beforeAll(async () => {
  pair = await createPair();
  const [outcome] = await pair.cn.submit({ type: 'enterprise-status', data: recordOf('CN4403960001') });
  if (!outcome || !('accepted' in outcome)) throw new Error('not accepted');
  id = outcome.accepted.id;
  await pair.deliver(pair.cn);
  await pair.receipt(pair.us);
});
afterAll(() => pair[Symbol.asyncDispose]());

async function evidenceOf(side: Side) {
  await using folder = await createTemporaryFolder();
  makeAuditKeys(folder.path, side.issuer);
  const { keyRing, link, db } = side;
  const recorded = await findRecorded(db.database, id);
  if (!recorded) throw new Error('not recorded');
  const links = new Map([[link.id, link]]);
  const auditKeys = loadAuditKeys(folder.path);
  return gatherEvidence({ database: db.database, keyRing, links, auditKeys }, recorded, new Date());
}

const told = (checks: { name: string; ok: boolean | null }[]) => checks.map(({ name, ok }) => [name, ok]);

it('checks signature, bytes and receipt of what we sent, and shows the request', async () => {
  const evidence = await evidenceOf(pair.cn);
  expect(told(evidence.checks)).toEqual([
    ['signature', true],
    ['hash', true],
    ['receipt-signature', true],
    ['receipt-hash', true],
  ]);
  expect(evidence.set).toMatchObject({ type: 'enterprise-status', data: { programme: 'CN-AEO' } });
  expect(evidence.receipt).toMatchObject({ ok: true, outcome: 'accepted', signature: { kid: 'us-2026-11' } });
  expect(evidence.attempts).toMatchObject([
    { status: 202, result: 'answered', request: { messages: 1, ids: [id] } },
  ]);
});

it('checks what came by the partner’s key', async () => {
  const evidence = await evidenceOf(pair.us);
  expect(evidence).toMatchObject({
    direction: 'in',
    signature: { ok: true, kid: 'cn-2026-11', keyState: 'pinned' },
  });
});

it('says so where the bytes, the receipt or the keys are not what they were', async () => {
  const { sql } = pair.cn.db;
  await sql(
    `update message set jws = overlay(jws placing 'AAAA' from length(jws) - 20 for 4) where id = $1`,
    [id],
  );
  expect(told((await evidenceOf(pair.cn)).checks).slice(0, 2)).toEqual([
    ['signature', false],
    ['hash', false],
  ]);
  await sql(`update message set sha256 = sha256('other'::bytea) where id = $1`, [id]);
  expect((await evidenceOf(pair.cn)).receipt).toMatchObject({ ok: false, hashEqual: false });
  pair.cn.link.keys = new Map();
  expect((await evidenceOf(pair.cn)).receipt).toMatchObject({ ok: null, signature: { ok: null } });
  await sql('update message set jws = null where id = $1', [id]);
  expect(await evidenceOf(pair.cn)).toMatchObject({ set: null, signature: null, hash: { ok: null } });
});
