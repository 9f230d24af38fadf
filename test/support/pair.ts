import { exportJWK, generateKeyPair } from 'jose';
import { pino } from 'pino';
import type { Party } from '../../src/contract/party.ts';
import { type Drained, drainLane } from '../../src/delivery/drain-lane.ts';
import { lanesOf } from '../../src/delivery/lane-of.ts';
import { RequestGate } from '../../src/delivery/request-gate.ts';
import type { PartnerAnswer, PartnerConnection } from '../../src/delivery/send-sets.ts';
import type { KeyRing, OwnKey } from '../../src/keys/key-ring.ts';
import type { Link } from '../../src/links/link.ts';
import { ensureLanes } from '../../src/operations/steer-lane.ts';
import type { OwnMessageHandlers } from '../../src/reception/handle-own-messages.ts';
import { issueReceipts } from '../../src/reception/issue-receipts.ts';
import { readPush } from '../../src/reception/read-push.ts';
import { type ReceptionParts, receiveSets } from '../../src/reception/receive-sets.ts';
import { recognitionTable } from '../../src/recognition/recognition-table.ts';
import { acceptMessages } from '../../src/submission/accept-messages.ts';
import { readSubmission } from '../../src/submission/read-submission.ts';
import type { CheckedSubmission, Outcome } from '../../src/submission/submission.ts';
import { createTestDatabase, type TestDatabase } from './postgres.ts';

const issuers: Record<Party, string> = { CN: 'https://mra.customs.example', US: 'https://mra.cbp.example' };
const linkIds: Record<Party, string> = { CN: 'us-cbp', US: 'cn-gacc' };

/** One side of a link without its listeners: real store, keys and features. */
export interface Side {
  party: Party;
  issuer: string;
  db: TestDatabase;
  keyRing: KeyRing;
  link: Link;
  /** What the partner's gateway may ask this one for; a test may put handlers in. */
  handlers: OwnMessageHandlers;
  /** What is done for messages that came again; nothing unless a test puts it in. */
  mend?: NonNullable<ReceptionParts['mend']>;
  /** Lets requests of its lanes through. */
  gate: RequestGate;
  /** Submits bodies `{type, data, …}` in one transaction, as a batch does. */
  submit(...bodies: object[]): Promise<Outcome[]>;
}

export interface Pair extends AsyncDisposable {
  cn: Side;
  us: Side;
  /** Drains one lane, or all of them, of a side into the other. */
  deliver(from: Side, lanes?: readonly string[]): Promise<Drained[]>;
  /** Issues the receipts that a side owes and drains its control lane. */
  receipt(from: Side): Promise<void>;
  /** Stands between the two: called for each request with the receiver's own answer at hand. */
  wire: {
    post: (to: Side, body: string, forward: () => Promise<PartnerAnswer>) => Promise<PartnerAnswer>;
    ping: (to: Side) => Promise<boolean>;
  };
  /** How far the sides' idea of now is ahead of the database's clock: time passes by adding to it. */
  clockAheadMs: number;
}

const log = pino({ level: 'silent' });

/**
 * Two sides that trust each other, joined by a function call in place of HTTP.
 *
 * @param openDatabase makes an empty migrated database for a side; by default on the server of the test run
 */
export async function createPair(
  policy: Partial<Link['policy']> = {},
  openDatabase: () => Promise<TestDatabase> = createTestDatabase,
): Promise<Pair> {
  const keys = { CN: await ownKey('cn-2026-11'), US: await ownKey('us-2026-11') };
  const cn = await createSide('CN', keys, policy, await openDatabase());
  const us = await createSide('US', keys, policy, await openDatabase());
  const pair: Pair = {
    cn,
    us,
    wire: { post: (_to, _body, forward) => forward(), ping: async () => true },
    clockAheadMs: 0,
    async deliver(from, lanes = lanesOf(from.link.lanes)) {
      const to = from === cn ? us : cn;
      const drained: Drained[] = [];
      for (const lane of lanes) drained.push(await drain(from, to, lane, pair));
      return drained;
    },
    async receipt(from) {
      const parts = {
        database: from.db.database,
        log,
        issuer: from.issuer,
        keyRing: from.keyRing,
        links: [from.link],
        trigger() {},
      };
      await issueReceipts(parts, from.link);
      await pair.deliver(from, ['control']);
    },
    async [Symbol.asyncDispose]() {
      await cn.db.close();
      await us.db.close();
    },
  };
  return pair;
}

async function ownKey(kid: string): Promise<OwnKey & { publicKey: CryptoKey }> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return {
    kid,
    alg: 'ES256',
    thumbprint: kid,
    key: privateKey,
    publicKey,
    publicJwk: { ...(await exportJWK(publicKey)), kid, nbf: 0 } as OwnKey['publicJwk'],
    notBefore: new Date(0),
  };
}

async function createSide(
  party: Party,
  keys: Record<Party, OwnKey & { publicKey: CryptoKey }>,
  policy: Partial<Link['policy']>,
  db: TestDatabase,
): Promise<Side> {
  const partner: Party = party === 'CN' ? 'US' : 'CN';
  const [own, theirs] = [keys[party], keys[partner]];
  const link: Link = {
    id: linkIds[party],
    partner,
    issuer: issuers[partner],
    exchangeUrl: 'http://127.0.0.1:1',
    lanes: 8,
    algorithms: ['ES256'],
    delivery: 'multi-push',
    reception: 'push',
    rotation: 'confirmed',
    overlapMs: 7 * 86_400_000,
    encryption: 'none',
    encryptionKeys: [],
    keys: new Map([
      [theirs.kid, { kid: theirs.kid, alg: 'ES256', key: theirs.publicKey, thumbprint: theirs.kid }],
    ]),
    skewMs: 120_000,
    retentionMs: 90 * 86_400_000,
    batchSetsMax: 500,
    batchBytesMax: 4_194_304,
    outboxMax: 1_000_000,
    retry: { firstMs: 1_000, maxMs: 300_000 },
    profile: 'mra',
    receipts: 'required',
    recognition: recognitionTable([
      { class: 'advanced-certified', from: '2014-12-01', benefits: ['fewer-inspections'] },
      { tier: 'II', from: '2001-11-01', benefits: ['fewer-inspections'] },
    ]),
    policy: { usccCheckDigits: 'refuse', consentRequired: true, ...policy },
  };
  await ensureLanes(db.database, link.id, lanesOf(link.lanes));
  await db.sql(
    `insert into own_key (kid, thumbprint, alg, state, not_before) values ($1, $1, 'ES256', 'active', now())`,
    [own.kid],
  );
  const keyRing: KeyRing = { keys: [own], signer: (kid) => (kid === own.kid ? own : undefined) };
  const issuer = issuers[party];
  const submit = (...bodies: object[]): Promise<Outcome[]> =>
    db.database.transaction((tx) => {
      const now = new Date();
      const reading = { party, links: new Map([[link.id, link]]) };
      const checked = bodies.map((body): CheckedSubmission => {
        const submission = readSubmission(body, reading, { name: 'test' }, now);
        if ('code' in submission) throw new Error(JSON.stringify(submission));
        return submission;
      });
      return acceptMessages(tx, { party, issuer, keyRing }, checked, 'test', now);
    });
  return { party, issuer, db, keyRing, link, handlers: {}, gate: new RequestGate(), submit };
}

function drain(from: Side, to: Side, lane: string, pair: Pair): Promise<Drained> {
  const connection: PartnerConnection = {
    post: (_path, _type, body) => pair.wire.post(to, body, () => receive(to, body)),
    async [Symbol.asyncDispose]() {},
  };
  const parts = {
    database: from.db.database,
    log,
    link: from.link,
    connection,
    gate: from.gate,
    owner: 'test',
    stop: new AbortController().signal,
    ping: () => pair.wire.ping(to),
    clockAheadMs: () => pair.clockAheadMs,
  };
  return drainLane(parts, { link: from.link.id, lane });
}

/** What the receiver's `/exchange/sets` answers. */
export async function receive(to: Side, body: string): Promise<PartnerAnswer> {
  const sets = readPush(JSON.parse(body), to.link);
  if ('status' in sets) return { status: sets.status, headers: {}, body: JSON.stringify(sets), ms: 1 };
  const parts = {
    database: to.db.database,
    log,
    party: to.party,
    issuer: to.issuer,
    now: () => new Date(),
    handlers: to.handlers,
    ...(to.mend && { mend: to.mend }),
  };
  const answer = await receiveSets(parts, to.link, sets);
  return { status: 202, headers: {}, body: JSON.stringify(answer), ms: 1 };
}
