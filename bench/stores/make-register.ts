import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { pino } from 'pino';
import { loadAuditKeys } from '../../src/audit/own-audit-keys.ts';
import { runSequencer } from '../../src/audit/run-sequencer.ts';
import { loadConfig } from '../../src/config/config.ts';
import { type Party, partnerOf } from '../../src/contract/party.ts';
import { lanesOf } from '../../src/delivery/lane-of.ts';
import { PARTIES } from '../../src/demo/demo-side.ts';
import { type PreparedSide, prepareSides } from '../../src/demo/prepare-sides.ts';
import { numberFeed } from '../../src/feed/number-feed.ts';
import { activateKeys } from '../../src/keys/activate-keys.ts';
import { loadKeyRing } from '../../src/keys/key-ring.ts';
import { ensureLanes } from '../../src/operations/steer-lane.ts';
import { hashLate } from '../../src/reconciliation/kept-hashes.ts';
import { indexQueued } from '../../src/register/search/run-indexer.ts';
import { openStore } from '../../src/store/open-store.ts';
import { storeConfig } from '../../src/store/store-config.ts';
import { type FilledSide, fillRegister } from './fill-register.ts';

/**
 * Two gateways whose registers are full: real messages, signed once, on record at both sides with their deliveries,
 * receipts, places in the feed and audit entries, as if all had been exchanged in the last month. Made once, kept in
 * `.mra/stores`, and started like any gateway by its configuration.
 *
 * By hand: `node bench/stores/make-register.ts --cn 1000000 --us 20000`.
 */
export interface RegisterSize {
  /** Chinese enterprises. */
  cn: number;
  /** US enterprises. */
  us: number;
  /** The same seed gives the same enterprises. */
  seed: number;
}

export const MILLION: RegisterSize = { cn: 1_000_000, us: 20_000, seed: 2008 };

/** Another port range than the demo's and the bench's. */
const PORT_OFFSET = 300;

/** Before the first message: one that is sent again must still verify. */
const KEYS_SINCE_MS = 32 * 86_400_000;

/** For the load only: what a crash would cost is another run. */
const LOADING = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  max_wal_size: '4GB',
  maintenance_work_mem: '1GB',
};

/** @returns both sides, ready to be started; made where they are missing */
export async function makeRegister(
  size: RegisterSize,
  root = '.mra/stores',
): Promise<Record<Party, PreparedSide>> {
  const folder = join(root, `register-${size.cn}-${size.us}-${size.seed}`);
  const made = join(folder, 'made.json');
  const text = await readFile(made, 'utf8').catch(() => undefined);
  if (text !== undefined) {
    const sides = JSON.parse(text) as Record<Party, PreparedSide>;
    await Promise.all(PARTIES.map((party) => bringUpToDate(sides[party])));
    return sides;
  }
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const sides = await prepareSides(folder, PORT_OFFSET, new Date(Date.now() - KEYS_SINCE_MS));
  await fill(sides, size);
  await writeFile(made, JSON.stringify(sides, null, 2));
  return sides;
}

async function fill(prepared: Record<Party, PreparedSide>, size: RegisterSize): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const open = async (party: Party): Promise<FilledSide> => {
    const config = await loadConfig({ file: prepared[party].config });
    const [link] = config.links;
    if (!link) throw new Error('a side has a link');
    const store = await openStore({ ...storeConfig(config), settings: LOADING }, silent);
    stack.use(store);
    const keyRing = await loadKeyRing(config.keys.private);
    await activateKeys(store.database, keyRing);
    await ensureLanes(store.database, link.id, lanesOf(link.lanes));
    const signer = keyRing.signer(keyRing.keys.at(-1)?.kid ?? '');
    if (!signer) throw new Error('a side has a key');
    const { database, connectionString } = store;
    const logKey = loadAuditKeys(config.keys.private).log;
    return { party, issuer: config.issuer, link: link.id, database, connectionString, signer, logKey };
  };
  const sides: Record<Party, FilledSide> = { CN: await open('CN'), US: await open('US') };
  await eachSide(sides, (side) => execute(side, WITHOUT_SEARCH));
  for (const [party, count] of [
    ['CN', size.cn],
    ['US', size.us],
  ] as const) {
    await fillRegister({ from: sides[party], to: sides[partnerOf(party)], count, seed: size.seed, say });
  }
  say('search documents, indexes, audit log');
  await eachSide(sides, finish);
}

/** A store that an older program made is migrated, and what the migrations queue is done. */
async function bringUpToDate({ config: file }: PreparedSide): Promise<void> {
  await using store = await openStore(
    { ...storeConfig(await loadConfig({ file })), settings: LOADING },
    silent,
  );
  let done = 0;
  for (let last = -1; last !== done; ) {
    last = done;
    done += await indexQueued(store.database, hashLate);
    if (done % SAY_EVERY < INDEXED_AT_ONCE && done > last) say(`brought up to date: ${done}`);
  }
  if (done > 0) await tidy(store);
}

const SAY_EVERY = 100_000;
const INDEXED_AT_ONCE = 500;

/** The search indexes are cheaper made at the end. */
const WITHOUT_SEARCH = ['drop index enterprise_search_keys', 'drop index enterprise_search_latin'];
const WITH_SEARCH = [
  'create index enterprise_search_keys on enterprise_search using gin (keys) with (gin_pending_list_limit = 512)',
  'create index enterprise_search_latin on enterprise_search using gin (latin gin_trgm_ops) with (gin_pending_list_limit = 512)',
];

async function finish(side: FilledSide): Promise<void> {
  const { database, logKey } = side;
  while ((await indexQueued(database, hashLate)) > 0);
  await execute(side, WITH_SEARCH);
  const sequencer = runSequencer({
    database,
    log: silent,
    logKey,
    now: () => new Date(),
    numberFeed,
    onFeed() {},
  });
  await sequencer.settle();
  await sequencer[Symbol.asyncDispose]();
  await tidy(side);
}

/** What autovacuum would have done, without the gateway's limit on a statement's time. */
async function tidy({ connectionString }: Pick<FilledSide, 'connectionString'>): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query('vacuum (analyze)');
    await client.query('checkpoint');
  } finally {
    await client.end();
  }
}

async function execute({ database }: FilledSide, statements: readonly string[]): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.execute('set local statement_timeout = 0');
    for (const statement of statements) await tx.execute(statement);
  });
}

async function eachSide(
  sides: Record<Party, FilledSide>,
  work: (side: FilledSide) => Promise<void>,
): Promise<void> {
  await Promise.all(PARTIES.map((party) => work(sides[party])));
}

const silent = pino({ level: 'silent' });
const say = (text: string): void => console.error(`  ${text} …`);

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      cn: { type: 'string', default: String(MILLION.cn) },
      us: { type: 'string', default: String(MILLION.us) },
      seed: { type: 'string', default: String(MILLION.seed) },
      dir: { type: 'string', default: '.mra/stores' },
    },
  });
  const size = { cn: Number(values.cn), us: Number(values.us), seed: Number(values.seed) };
  console.log(JSON.stringify(await makeRegister(size, values.dir)));
}
