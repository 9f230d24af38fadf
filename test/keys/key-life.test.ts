import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RemoteKeyError } from '../../src/envelope/remote-key.ts';
import { currentEncryptionKey } from '../../src/envelope/seal-set.ts';
import { problemOf } from '../../src/http/problem-of.ts';
import { announceEncryptionKey, announceKey } from '../../src/keys/announce-key.ts';
import { confirmPartnerKey } from '../../src/keys/confirm-partner-key.ts';
import { loadDecryptionKeys } from '../../src/keys/decryption-keys.ts';
import { findAffected } from '../../src/keys/find-affected.ts';
import { generateDecryptionKey } from '../../src/keys/generate-key.ts';
import type { OwnKey } from '../../src/keys/key-ring.ts';
import { listOwnKeys, retireKeys } from '../../src/keys/own-keys.ts';
import { PartnerKeyRing } from '../../src/keys/partner-key-ring.ts';
import { listPartnerKeyRows } from '../../src/keys/partner-key-rows.ts';
import { revokedReissuer } from '../../src/keys/reissue-revoked.ts';
import { revokeKey } from '../../src/keys/revoke-key.ts';
import { revokePartnerKey } from '../../src/keys/revoke-partner-key.ts';
import { rotationHandlers } from '../../src/keys/rotation-handlers.ts';
import { receiveEvent } from '../../src/reception/receive-event.ts';
import { changeOf, recordOf } from '../support/messages.ts';
import { makeNextKey } from '../support/next-key.ts';
import { createPair, type Pair, type Side } from '../support/pair.ts';
import { signAs } from '../support/sign.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const DAY_MS = 86_400_000;
let pair: Pair;
let partnerKeys: PartnerKeyRing;

beforeEach(async () => {
  pair = await createPair();
  for (const side of [pair.cn, pair.us]) {
    const ring = new PartnerKeyRing(side.db.database, new Map([[side.link.id, side.link]]));
    if (side === pair.us) partnerKeys = ring;
    side.handlers = rotationHandlers({
      issuer: side.issuer,
      keyRing: side.keyRing,
      links: [side.link.id],
      trigger() {},
      changed: () => void ring.refresh(),
    });
  }
});
afterEach(() => pair[Symbol.asyncDispose]());

async function announce(kid = 'cn-next', alg: 'ES256' | 'ES384' = 'ES256'): Promise<OwnKey> {
  const { cn } = pair;
  const key = await makeNextKey(cn, kid, alg);
  await cn.db.database.transaction((tx) => announceKey(tx, cn, [cn.link], key, 'test', new Date()));
  await pair.deliver(cn, ['control']);
  return key;
}

const statesOf = async (side: Side) =>
  Object.fromEntries((await listOwnKeys(side.db.database)).map(({ kid, state }) => [kid, state]));
const partnerStates = async () =>
  Object.fromEntries((await listPartnerKeyRows(pair.us.db.database)).map(({ kid, state }) => [kid, state]));
const kidOfLast = async (side: Side) =>
  (await side.db.sql<{ kid: string }>(`select kid from message where direction = 'out' order by id desc`))[0]
    ?.kid;
const pendingOf = (side: Side) =>
  side.db.sql<{
    id: string;
    type: string;
    subject: string;
    version: string;
    txn: string | null;
    kid: string;
  }>(
    `select m.id, m.type, m.subject, m.version, m.txn, m.kid from outbox o join message m on m.id = o.id
     where m.subject <> 'gateway' order by o.position`,
  );
const record = (id: string) => ({ type: 'enterprise-status', data: recordOf(id) });

describe('a next key', () => {
  it('signs once the partner has confirmed it by itself, and the key of before retires', async () => {
    pair.us.link.rotation = 'automatic';
    await announce();
    expect(await partnerStates()).toEqual({ 'cn-next': 'pinned' });
    expect(await statesOf(pair.cn)).toEqual({ 'cn-2026-11': 'active', 'cn-next': 'next' });
    await pair.deliver(pair.us, ['control']);
    expect(await statesOf(pair.cn)).toEqual({ 'cn-2026-11': 'retiring', 'cn-next': 'active' });
    await pair.cn.submit(record('CN4403960A1B'));
    expect(await kidOfLast(pair.cn)).toBe('cn-next');
    await partnerKeys.refresh();
    expect((await pair.deliver(pair.cn)).filter(({ ended }) => ended !== 'empty')).toEqual([]);
    const held = await pair.us.db.sql(`select 1 from message where kid = 'cn-next' and outcome = 'accepted'`);
    expect(held).toHaveLength(1);
  });

  it('waits for an operator who reads its thumbprint back, and is not pinned under another', async () => {
    const { us } = pair;
    const key = await announce();
    expect(await partnerStates()).toEqual({ 'cn-next': 'announced' });
    const next = (await listOwnKeys(pair.cn.db.database)).find(({ kid }) => kid === 'cn-next');
    expect(next?.announced).toEqual([{ link: 'us-cbp', at: expect.any(String), confirmedAt: null }]);
    await partnerKeys.refresh();
    expect(us.link.keys.has('cn-next')).toBe(false);
    const confirm = (thumbprint: string) =>
      us.db.database.transaction((tx) =>
        confirmPartnerKey(tx, us, { link: us.link, kid: 'cn-next', thumbprint, by: 'test' }, new Date()),
      );
    await expect(confirm('x'.repeat(43))).rejects.toThrow(/another thumbprint/);
    await confirm(key.thumbprint);
    await partnerKeys.refresh();
    expect(us.link.keys.get('cn-next')?.thumbprint).toBe(key.thumbprint);
    await pair.deliver(us, ['control']);
    expect(await statesOf(pair.cn)).toMatchObject({ 'cn-next': 'active' });
  });

  it('is not taken for an algorithm that the link does not allow, or under the name of another key', async () => {
    pair.us.link.rotation = 'automatic';
    await announce('cn-384', 'ES384');
    const [row] = await listPartnerKeyRows(pair.us.db.database);
    expect(row).toMatchObject({ kid: 'cn-384', state: 'refused', reason: 'this link does not take ES384' });
    const impostor = await makeNextKey(pair.cn, 'cn-other');
    const rotation = {
      jwk: { ...impostor.publicJwk, kid: 'cn-2026-11' },
      notBefore: new Date().toISOString(),
      notAfter: new Date(Date.now() + DAY_MS).toISOString(),
    };
    const { id, jws } = await signAs(pair.cn, { type: 'key-rotation', data: rotation });
    const parts = {
      database: pair.us.db.database,
      log: pino({ level: 'silent' }),
      party: 'US' as const,
    };
    await receiveEvent(
      { ...parts, issuer: pair.us.issuer, now: () => new Date(), handlers: pair.us.handlers },
      pair.us.link,
      jws,
    );
    const rows = await listPartnerKeyRows(pair.us.db.database);
    expect(rows.find(({ kid }) => kid === 'cn-2026-11')).toMatchObject({
      state: 'refused',
      reason: 'its kid cn-2026-11 names another key',
    });
    expect(id).toBeDefined();
  });

  it('is confirmed again when it is announced again', async () => {
    pair.us.link.rotation = 'automatic';
    const key = await announce();
    const { cn } = pair;
    await cn.db.database.transaction((tx) => announceKey(tx, cn, [cn.link], key, 'test', new Date()));
    await pair.deliver(cn, ['control']);
    await pair.deliver(pair.us, ['control']);
    expect(await statesOf(cn)).toMatchObject({ 'cn-next': 'active' });
  });

  it('signs without an acceptance that fails, although acceptances never pause', async () => {
    pair.us.link.rotation = 'automatic';
    await announce();
    let going = true;
    let count = 0;
    const submitting = Array.from({ length: 3 }, async (_, worker) => {
      while (going) {
        const id = `CN44039${worker}${String(count++).padStart(4, '0')}`;
        const [outcome] = await pair.cn.submit(record(id));
        expect(outcome).toHaveProperty('accepted');
      }
    });
    await pair.deliver(pair.us, ['control']);
    expect(await statesOf(pair.cn)).toMatchObject({ 'cn-next': 'active' });
    going = false;
    await Promise.all(submitting);
    expect(await kidOfLast(pair.cn)).toBe('cn-next');
    expect(count).toBeGreaterThan(3);
  });
});

describe('a key that is elsewhere', () => {
  it('and does not answer keeps nothing of an acceptance, which is a 503 that may pass', async () => {
    const { cn } = pair;
    const [own] = cn.keyRing.keys;
    if (!own) throw new Error('no key');
    const away = {
      ...own,
      key: { sign: () => Promise.reject(new Error('C_Sign answers CKR_DEVICE_REMOVED')) },
    };
    Object.assign(cn.keyRing, { signer: () => away });
    const failed = await cn.submit(record('CN4403960A1B')).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(RemoteKeyError);
    const problem = problemOf(failed);
    expect([problem.status, problem.more]).toEqual([503, { reason: 'signer-away' }]);
    for (const table of ['message', 'outbox', 'subject', 'audit_pending'])
      expect(await cn.db.sql(`select from ${table}`)).toEqual([]);
    Object.assign(cn.keyRing, { signer: () => own });
    expect(await cn.submit(record('CN4403960A1B'))).toMatchObject([{ accepted: { version: 1 } }]);
  });
});

describe('a next key to encrypt to', () => {
  it('is announced, confirmed and written to like one that signs, and signs nothing; revoked it is written to no more', async () => {
    const { cn, us } = pair;
    await using folder = await createTemporaryFolder();
    const notBefore = new Date(Date.now() - 60_000);
    const notAfter = new Date(Date.now() + 365 * DAY_MS);
    await generateDecryptionKey({ party: 'CN', directory: folder.path, now: notBefore, notAfter });
    const [key] = await loadDecryptionKeys(folder.path);
    if (!key) throw new Error('no key');
    const tell = (encryption: 'none' | 'required') =>
      cn.db.database.transaction((tx) =>
        announceEncryptionKey(tx, cn, [{ ...cn.link, encryption }], key, 'test', new Date()),
      );
    expect(await tell('none')).toEqual([]);
    expect(await tell('required')).toEqual(['us-cbp']);
    await pair.deliver(cn, ['control']);
    expect(await partnerStates()).toEqual({ [key.kid]: 'announced' });
    await partnerKeys.refresh();
    const written = () => currentEncryptionKey(us.link.encryptionKeys, new Date())?.kid;
    expect(written()).toBeUndefined();

    const pin = { link: us.link, kid: key.kid, thumbprint: key.thumbprint, by: 'test' };
    await us.db.database.transaction((tx) => confirmPartnerKey(tx, us, pin, new Date()));
    await partnerKeys.refresh();
    expect(written()).toBe(key.kid);
    expect(us.link.keys.has(key.kid)).toBe(false);
    await pair.deliver(us, ['control']);
    const confirmed = await cn.db.sql('select kid from key_announcement where confirmed_at is not null');
    expect(confirmed).toEqual([{ kid: key.kid }]);
    expect(await statesOf(cn)).toEqual({ 'cn-2026-11': 'active' });

    const revoked = { link: us.link, kid: key.kid, reason: 'lost', by: 'test' };
    await us.db.database.transaction((tx) => revokePartnerKey(tx, revoked, new Date()));
    await partnerKeys.refresh();
    expect(written()).toBeUndefined();
  });
});

describe('a key that signs no more', () => {
  it('is retired when the overlap is over', async () => {
    pair.us.link.rotation = 'automatic';
    await announce();
    await pair.deliver(pair.us, ['control']);
    const { database } = pair.cn.db;
    const retire = (at: number) => database.transaction((tx) => retireKeys(tx, 7 * DAY_MS, new Date(at)));
    expect(await retire(Date.now() + 6 * DAY_MS)).toEqual([]);
    expect(await retire(Date.now() + 8 * DAY_MS)).toEqual(['cn-2026-11']);
  });

  it('signs nothing from the moment it is revoked; the next key does, confirmed or not', async () => {
    const { cn } = pair;
    const revoke = () =>
      cn.db.database.transaction((tx) =>
        revokeKey(
          tx,
          cn.keyRing,
          [cn.link.id],
          { kid: 'cn-2026-11', reason: 'lost', by: 'test' },
          new Date(),
        ),
      );
    await expect(revoke()).rejects.toThrow(/no key to take its place/);
    await announce();
    expect(await revoke()).toEqual({ kid: 'cn-2026-11', successor: 'cn-next', unconfirmed: ['us-cbp'] });
    await cn.submit(record('CN4403960A1B'));
    expect(await kidOfLast(cn)).toBe('cn-next');
    await expect(revoke()).rejects.toThrow(/revoked already/);
  });

  it('leaves nothing pending that it signed: it is withdrawn and accepted again in order under the next key', async () => {
    const { cn, us } = pair;
    us.link.rotation = 'automatic';
    await announce();
    await cn.submit(record('CN4403960A1B'), record('CN4403960A1C'));
    await cn.submit({ type: 'certification-change', data: changeOf('CN4403960A1B'), txn: 'CASE-1' });
    const before = await pendingOf(cn);
    await cn.db.database.transaction((tx) =>
      revokeKey(tx, cn.keyRing, [cn.link.id], { kid: 'cn-2026-11', reason: 'lost', by: 'test' }, new Date()),
    );
    const links = new Map([[cn.link.id, cn.link]]);
    const log = pino({ level: 'silent' });
    const parts = { party: cn.party, issuer: cn.issuer, keyRing: cn.keyRing, links };
    const triggered: unknown[] = [];
    const trigger = (refs: Iterable<unknown>) => void triggered.push(...refs);
    const reissue = revokedReissuer({ database: cn.db.database, log, trigger, ...parts });
    await reissue(['cn-2026-11']);
    await reissue(['cn-2026-11']);
    const after = await pendingOf(cn);
    const business = after.filter(({ type }) => type !== 'version-void');
    expect(business.map(({ subject, version, txn, kid }) => [subject, version, txn, kid])).toEqual([
      ['CN4403960A1B', '3', null, 'cn-next'],
      ['CN4403960A1C', '2', null, 'cn-next'],
      ['CN4403960A1B', '4', 'CASE-1', 'cn-next'],
    ]);
    expect(after.filter(({ kid }) => kid === 'cn-2026-11')).toEqual([]);
    const replaced = await cn.db.sql<{ replaces: string }>('select replaces from replacement order by id');
    expect(replaced.map(({ replaces }) => replaces)).toEqual(before.map(({ id }) => id));
    expect(triggered.length).toBeGreaterThan(0);
    await partnerKeys.refresh();
    await pair.deliver(cn);
    const [held] = await us.db.sql<{ status: string; version: string }>(
      `select status, last_version as version from subject where subject = 'CN4403960A1B'`,
    );
    expect(held).toEqual({ status: 'suspended', version: '4' });
  });

  it('of the partner is nobody’s word once it is revoked here, although its file still has it', async () => {
    const { us } = pair;
    expect(us.link.keys.has('cn-2026-11')).toBe(true);
    const revoked = { link: us.link, kid: 'cn-2026-11', reason: 'told by telephone', by: 'test' };
    await us.db.database.transaction((tx) => revokePartnerKey(tx, revoked, new Date()));
    await partnerKeys.refresh();
    expect(us.link.keys.has('cn-2026-11')).toBe(false);
    await pair.cn.submit(record('CN4403960A1B'));
    const ended = (await pair.deliver(pair.cn)).filter((d) => d.ended !== 'empty');
    expect(ended).toEqual([{ ended: 'backing-off', waitMs: expect.any(Number) }]);
  });

  it('tells what it signed since a date', async () => {
    const { cn } = pair;
    await cn.submit(record('CN4403960A1B'), record('CN4403960A1C'));
    const affected = (since: Date) => findAffected(cn.db.database, { kid: 'cn-2026-11', since, limit: 10 });
    expect((await affected(new Date(Date.now() - 60_000))).map(({ subject }) => subject)).toEqual([
      'CN4403960A1B',
      'CN4403960A1C',
    ]);
    expect(await affected(new Date(Date.now() + 60_000))).toEqual([]);
  });
});
