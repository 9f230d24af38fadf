import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { type Grant, grantAccess } from '../../src/access/grant-access.ts';
import { scopes } from '../../src/access/roles.ts';
import { appendEntries } from '../../src/audit/append-entries.ts';
import { loadConfig } from '../../src/config/config.ts';
import { Secret } from '../../src/config/secrets.ts';
import { builtConsole } from '../../src/console/build-console.ts';
import type { Party } from '../../src/contract/party.ts';
import { GatewayClient } from '../../src/demo/gateway-client.ts';
import { type PreparedSide, prepareSides } from '../../src/demo/prepare-sides.ts';
import { signSet } from '../../src/envelope/sign-set.ts';
import { startGateway } from '../../src/gateway.ts';
import { loadKeyRing } from '../../src/keys/key-ring.ts';
import { keepLog } from '../support/http.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { type FailingBackEnd, type Faults, openFailingBackEnd, openFailingWay } from './failing-way.ts';

/** Ports that no other pair of the tests uses. */
const PORT_OFFSET = 7_000;

/** A gateway of each side over mutual TLS, with the console, and what goes wrong between them. */
export interface BrowserPair extends AsyncDisposable {
  /** China's console. */
  console: string;
  client: GatewayClient;
  /** `all` is of Lin Hai, `second` of Wang Min: both may do everything, none alone what needs two. */
  tokens: { backend: string; all: string; second: string };
  /** What the partner answers errors to, as it comes over the line. */
  partner: Faults;
  /** A system of China's that is called with the partner's messages. */
  backEnd: FailingBackEnd;
  /** The partner's gateway stops; its messages wait. */
  stopPartner(): Promise<void>;
  startPartner(): Promise<void>;
  /** A system of China's that polls makes its stream. */
  makeStream(name: string): Promise<void>;
  /** The partner submits this. */
  partnerSubmits(messages: object[]): Promise<void>;
  /** The partner sends messages that its own gateway would not have accepted: signed, and wrong in content. */
  partnerSendsFaulty(subjects: readonly string[]): Promise<void>;
  /** As if what fails had failed for so many minutes longer: alerts wait a while for it to come back by itself. */
  ageFailures(minutes: number): Promise<void>;
  /** Keeps jobs from most of the dead letters until released. */
  holdDeadLetters(): Promise<AsyncDisposable>;
  /** As if nobody had used a session for so long. */
  ageSessions(minutes: number): Promise<void>;
}

/** Retries follow each other as fast as a test can wait for. */
const RETRY = { firstMs: 100, maxMs: 400 };
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export async function openBrowserPair(): Promise<BrowserPair> {
  const stack = new AsyncDisposableStack();
  try {
    if ((await builtConsole()) === undefined) throw new Error('the console cannot be built');
    const folder = stack.use(await createTemporaryFolder());
    const { CN, US } = await prepareSides(folder.path, PORT_OFFSET);
    const way = stack.use(await openFailingWay(US.exchange, US.tls, CN.tls));
    const backEnd = stack.use(await openFailingBackEnd());
    change(
      CN,
      { exchangeUrl: way.address },
      {
        webhooks: [{ name: 'risk-engine', url: backEnd.url, purpose: 'risk-assessment', secrets: [SECRET] }],
      },
    );
    change(US, {});
    const dbs = {} as Record<Party, TestDatabase>;
    for (const party of ['CN', 'US'] as const) {
      const db = await createTestDatabase();
      stack.defer(() => db.close());
      dbs[party] = db;
    }
    const start = async ({ party, config: file }: PreparedSide) => {
      const config = await loadConfig({ file, env: { overrides: [] } });
      const database = { url: new Secret(dbs[party].connectionString) };
      return startGateway({ ...config, database }, keepLog().log);
    };
    let partner: Awaited<ReturnType<typeof start>> | undefined = await start(US);
    const stopPartner = async (): Promise<void> => {
      await partner?.[Symbol.asyncDispose]();
      partner = undefined;
    };
    stack.defer(stopPartner);
    const own = stack.use(await start(CN));
    const token = async (party: Party, grant: Grant): Promise<string> =>
      (await grantAccess(dbs[party].database, appendEntries, grant, 'test', new Date())).token;
    const person = (name: string) =>
      token('CN', { name, role: 'operator', scopes: [...scopes], purpose: 'support' });
    const theirs = await token('US', { name: 'core', role: 'backend' });
    const backend = await token('CN', { name: 'core', role: 'backend', purpose: 'clearance' });
    return {
      console: `${own.internal}/console`,
      client: stack.use(new GatewayClient(own.internal)),
      tokens: {
        backend,
        all: await person('lin.hai'),
        second: await person('wang.min'),
      },
      partner: way.faults,
      backEnd,
      stopPartner,
      async startPartner() {
        partner = await start(US);
      },
      async makeStream(name) {
        const { status } = await fetch(`${own.internal}/v1/streams/${name}`, {
          method: 'PUT',
          headers: { authorization: `Bearer ${backend}`, 'content-type': 'application/json' },
          body: '{}',
        });
        if (status !== 201) throw new Error(`the stream was answered ${status}`);
      },
      async partnerSubmits(messages) {
        await using client = new GatewayClient(US.internal);
        await client.post('/v1/messages/batch', theirs, { messages });
      },
      async partnerSendsFaulty(subjects) {
        await sendFaulty(US, CN, subjects);
      },
      async ageFailures(minutes) {
        await dbs.CN.sql(`update attempt set started_at = started_at - interval '${minutes} minutes'`);
      },
      async holdDeadLetters() {
        const client = new pg.Client({ connectionString: dbs.CN.connectionString });
        await client.connect();
        await client.query('begin');
        await client.query('select from dead_letter order by at, id offset 20 for update');
        return { [Symbol.asyncDispose]: () => client.end() };
      },
      async ageSessions(minutes) {
        await dbs.CN.sql(`update session set seen_at = seen_at - interval '${minutes} minutes'`);
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

function change({ config }: PreparedSide, link: object, more: object = {}): void {
  const written = JSON.parse(readFileSync(config, 'utf8'));
  Object.assign(written, more);
  Object.assign(written.links[0], { retry: RETRY, lanes: 2, ...link });
  writeFileSync(config, JSON.stringify(written));
}

async function sendFaulty(from: PreparedSide, to: PreparedSide, subjects: readonly string[]): Promise<void> {
  const { issuer, links } = JSON.parse(readFileSync(from.config, 'utf8'));
  const [signer] = (await loadKeyRing(join(from.folder, 'keys', 'private'))).keys;
  if (!signer) throw new Error('the partner has no key');
  const sets: Record<string, string> = {};
  for (const subject of subjects) {
    const jti = uuidv7();
    const iat = Math.floor(Date.now() / 1000);
    const event = { type: 'enterprise-status', version: 1, data: { enterprise: { id: subject } } } as const;
    const { jws } = await signSet({ iss: issuer, aud: links[0].issuer, jti, iat, subject, event }, signer);
    sets[jti] = jws;
  }
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const { cert, key } = from.tls;
    const files = { cert: readFileSync(cert), key: readFileSync(key), ca: readFileSync(to.tls.ca) };
    request(
      new URL('/exchange/sets', to.exchange),
      { ...files, method: 'POST', headers: { 'content-type': 'application/json' } },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      },
    )
      .on('error', reject)
      .end(JSON.stringify({ sets }));
  });
  if (status !== 202) throw new Error(`the gateway answered ${status} to what the partner sent`);
}
