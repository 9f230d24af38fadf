import { rm } from 'node:fs/promises';
import { exportJWK, generateKeyPair } from 'jose';
import pg from 'pg';
import { pino } from 'pino';
import type { PartnerConnection } from '../src/delivery/send-sets.ts';
import { buildServer } from '../src/http/build-server.ts';
import type { KeyRing, OwnKey } from '../src/keys/key-ring.ts';
import { type Comparison, compareLink } from '../src/ledger/compare-link.ts';
import { addLedgerRoutes } from '../src/ledger/routes.ts';
import type { Link } from '../src/links/link.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { startEmbeddedServer } from '../src/store/embedded-server.ts';
import { migrate } from '../src/store/migrate.ts';
import { partitionRange } from '../src/store/open-store.ts';
import { ensurePartitions } from '../src/store/partitions.ts';
import { requirePartner } from '../src/tls/require-partner.ts';

/** One million messages a day, as in the sizes to design for, spread over as many days. */
const MESSAGES_PER_HOUR = 46_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A message's bytes: the digests must not read them. */
const JWS_BYTES = 1_500;

export interface LedgerFigures {
  messages: number;
  /** Microseconds a message, both sides together, to compare everything. */
  allUs: number;
  /** Milliseconds to compare a day, as every hour does. */
  dayMs: number;
  /** Milliseconds to find one message that is lost among them and queue it again. */
  lostMs: number;
  /** Pages of the index and the heap that the receiver's digests touch, per 1,000 messages. */
  pagesPerThousand: number;
}

const log = pino({ level: 'silent' });

/** Two databases with the same messages of one link, compared as two gateways would, without the network. */
export async function measureLedger(folder: string, hours: number): Promise<LedgerFigures> {
  await rm(folder, { recursive: true, force: true });
  await using server = await startEmbeddedServer(folder);
  await using ours = await makeSide(server.connectionString, 'ours', 'out', hours);
  await using theirs = await makeSide(server.connectionString, 'theirs', 'in', hours);
  const key = await makeKey();
  const keyRing: KeyRing = { keys: [key], signer: () => key };
  await ours.query({
    name: 'bench-key',
    text: `insert into own_key (kid, thumbprint, alg, state, not_before) values ('bench', 'bench', 'ES256', 'active', now())`,
    values: [],
  });
  await using connection = await ledgerOf(theirs, key);
  const parts = {
    database: ours,
    log,
    issuer: OURS,
    keyRing,
    incarnation: crypto.randomUUID(),
    trigger() {},
  };
  const compare = (all: boolean): Promise<Comparison> =>
    compareLink(parts, link(THEIRS, key), connection, { reason: 'hourly', all, open: false });
  await compare(true);
  const all = await timed(() => compare(true));
  const day = await timed(() => compare(false));
  await theirs.query({
    name: 'bench-lose',
    text: `delete from message where id = (select id from message where direction = 'in' offset 1000 limit 1)`,
    values: [],
  });
  const lost = await timed(() => compare(true));
  if (all.result.outcome !== 'equal' || lost.result.sentAgain !== 1)
    throw new Error('the comparison is wrong');
  const messages = all.result.messages;
  return {
    messages,
    allUs: Number(((all.ms * 1000) / messages).toFixed(2)),
    dayMs: Math.round(day.ms),
    lostMs: Math.round(lost.ms),
    pagesPerThousand: await pagesOf(theirs, messages),
  };
}

const OURS = 'https://ours.example';
const THEIRS = 'https://theirs.example';

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const started = performance.now();
  const result = await work();
  return { ms: performance.now() - started, result };
}

async function makeSide(
  connectionString: string,
  name: string,
  direction: 'in' | 'out',
  hours: number,
): Promise<Database> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const url = connectionString.replace('/mra?', `/${name}?`);
  await migrate(url);
  const database = openDatabase(url, { statementTimeoutMs: 600_000 });
  await ensurePartitions(database, partitionRange(90, new Date()));
  await fill(database, direction, hours);
  return database;
}

/** The same ids and hashes on both sides, because they follow from their number alone. */
async function fill(database: Database, direction: 'in' | 'out', hours: number): Promise<void> {
  const begin = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - (hours + 1) * HOUR_MS;
  for (let hour = 0; hour < hours; hour++) {
    await database.query({
      name: 'bench-fill',
      text: `insert into message (id, link, direction, type, subject, version, outcome, kid, sha256, jws, at)
             select (lpad(to_hex($1::bigint + n * ${HOUR_MS}::bigint / $2), 12, '0') || '7' || substr(md5(n::text), 1, 3)
                     || '8' || substr(md5(n::text), 4, 15))::uuid,
                    'bench', $3, 'enterprise-status', 'CN' || n, 1, 'accepted', 'bench', sha256(n::text::bytea),
                    repeat('x', ${JWS_BYTES}), now()
             from generate_series(0, $2 - 1) n`,
      values: [begin + hour * HOUR_MS, MESSAGES_PER_HOUR, direction],
    });
  }
  const more =
    direction === 'out'
      ? `insert into delivery (id, link, outcome, at) select id, link, 'delivered', now() from message`
      : 'select 1';
  for (const [n, text] of [
    more,
    `insert into link_state (link) values ('bench')`,
    'vacuum analyze message',
    'vacuum analyze delivery',
  ].entries()) {
    await database.query({ name: `bench-filled-${n}`, text, values: [] });
  }
}

async function makeKey(): Promise<OwnKey & { publicKey: CryptoKey }> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid: 'bench', nbf: 0 } as OwnKey['publicJwk'];
  return {
    kid: 'bench',
    alg: 'ES256',
    thumbprint: 'bench',
    key: privateKey,
    publicKey,
    publicJwk,
    notBefore: new Date(0),
  };
}

function link(issuer: string, key: OwnKey & { publicKey: CryptoKey }): Link {
  const { kid, alg, thumbprint, publicKey } = key;
  return {
    id: 'bench',
    issuer,
    partner: 'US',
    lanes: 8,
    algorithms: ['ES256'],
    skewMs: 120_000,
    retentionMs: 90 * DAY_MS,
    keys: new Map([[kid, { kid, alg, thumbprint, key: publicKey }]]),
  } as Partial<Link> as Link;
}

async function ledgerOf(
  database: Database,
  key: OwnKey & { publicKey: CryptoKey },
): Promise<PartnerConnection> {
  const server = buildServer({ listener: 'exchange', log });
  requirePartner(server, undefined);
  addLedgerRoutes(server, {
    database,
    issuer: THEIRS,
    links: new Map([['bench', link(OURS, key)]]),
    incarnation: crypto.randomUUID(),
  });
  return {
    async post(url, contentType, payload, options = {}) {
      const headers = { ...options.headers, 'content-type': contentType };
      const answer = await server.inject({ method: 'POST', url, payload, headers });
      return { status: answer.statusCode, headers: {}, body: answer.body, ms: 1 };
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

async function pagesOf(database: Database, messages: number): Promise<number> {
  const rows = await database.query<{ 'QUERY PLAN': string }>({
    name: 'bench-pages',
    text: `explain (analyze, buffers, format json) select count(*), sha256(string_agg(uuid_send(id) || sha256, ''::bytea order by id))
           from message where link = 'bench' and direction = 'in' and id > '00000000-0000-0000-0000-000000000000'`,
    values: [],
  });
  const [plan] = JSON.parse(rows[0]?.['QUERY PLAN'] ?? '[]') as { Plan: Record<string, number> }[];
  const pages = (plan?.Plan['Shared Hit Blocks'] ?? 0) + (plan?.Plan['Shared Read Blocks'] ?? 0);
  return Math.round((pages * 1000) / messages);
}
