import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { prepareChange } from '../../src/demo/change-certificate.ts';
import type { DemoSide } from '../../src/demo/demo-side.ts';
import { CLI } from '../../src/demo/start-side.ts';
import { startSides } from '../../src/demo/start-sides.ts';
import { startEmbeddedServer } from '../../src/store/embedded-server.ts';
import { awaitAllReceipts } from '../await-all-receipts.ts';
import { atLeast, type Claim, equal } from '../claim.ts';
import { LoadSource } from '../make-load.ts';
import { pushLoad } from '../push-load.ts';

const run = promisify(execFile);
const FOLDER = '.mra/prove-trust';
const ROUND_MESSAGES = 2_000;
/** A running gateway sees a changed file within a second; two polls are certain. */
const SEEN_MS = 2_500;

/** Certificate and key of one side come into use while messages are delivered as fast as they can be. */
export async function proveChangeover(): Promise<Claim[]> {
  await using running = await startSides(FOLDER);
  const { CN, US } = running.sides;
  const load = new LoadSource(2_026);
  let going = true;
  let submitted = 0;
  const loading = (async () => {
    while (going) {
      await pushLoad(CN, load.batches('CN', ROUND_MESSAGES));
      submitted += ROUND_MESSAGES;
      await awaitAllReceipts(CN, submitted);
    }
  })();
  const pinned = join(US.folder, 'tls/partners/cn-gacc.ca.pem');
  const change = await prepareChange(
    { folder: CN.folder, tls: ownTls(CN) },
    'https://mra.customs.example',
    pinned,
  );
  for (const step of [change.announce, change.change, change.finish]) {
    await step();
    await delay(SEEN_MS);
  }
  const kid = await rotate(CN, US);
  await delay(SEEN_MS);
  going = false;
  await loading;
  const [cn, us] = [await facts(CN, kid), await facts(US, kid)];
  return [
    atLeast('messages delivered during the changeover', 5 * ROUND_MESSAGES, submitted),
    equal('requests that failed, CN', 0, cn.failed),
    equal('requests that failed, US', 0, us.failed),
    equal('messages without a receipt', 0, cn.unreceipted),
    atLeast('messages under the new key, held by the partner', ROUND_MESSAGES / 2, us.underKey),
    equal('lines of log with a private key, token or signed message', 0, cn.leaks + us.leaks),
  ];
}

const ownTls = ({ folder }: DemoSide) => ({
  ca: join(folder, 'tls/ca.pem'),
  cert: join(folder, 'tls/gateway.pem'),
  key: join(folder, 'tls/gateway.key.pem'),
});

const mra = async (side: DemoSide, ...words: string[]): Promise<string> => {
  const config = join(side.folder, 'mra.config.json');
  const { stdout } = await run(process.execPath, [CLI, ...words, '--config', config]);
  return stdout;
};

/** `mra keys rotate` on one side, `mra keys confirm` on the other, as two operators would. @returns the new kid */
async function rotate(from: DemoSide, to: DemoSide): Promise<string> {
  const [kid = '', , thumbprint = ''] = (await mra(from, 'keys', 'rotate')).split(/\s+/);
  for (let tries = 0; ; tries++) {
    try {
      await mra(to, 'keys', 'confirm', to.link, kid, '--thumbprint', thumbprint);
      return kid;
    } catch (error) {
      // The announcement travels like any message; the reconciler wakes its lane within 10 s.
      if (tries > 30) throw error;
      await delay(1_000);
    }
  }
}

interface Facts {
  failed: number;
  unreceipted: number;
  underKey: number;
  leaks: number;
}

async function facts(side: DemoSide, kid: string): Promise<Facts> {
  await using server = await startEmbeddedServer(side.dataDir);
  const client = new pg.Client({ connectionString: server.connectionString });
  await client.connect();
  const count = async (text: string, values: unknown[] = []): Promise<number> =>
    Number((await client.query(`select count(*) as n from ${text}`, values)).rows[0]?.n);
  try {
    return {
      failed: await count(`attempt where result <> 'answered'`),
      unreceipted: await count(
        `message m where direction = 'out' and version is not null
         and not exists (select from receipt r where r.id = m.id and r.link = m.link)`,
      ),
      underKey: await count(`message where kid = $1 and direction = 'in'`, [kid]),
      leaks: await countLeaks(side),
    };
  } finally {
    await client.end();
  }
}

/** A private key in PEM or as a JWK, an access token, a signed message. */
const SECRET = /PRIVATE KEY|\\?"d\\?":\\?"|\bmra_[\w-]{43}|\beyJ[\w-]+\.[\w-]+\.[\w-]+/;

async function countLeaks({ folder }: DemoSide): Promise<number> {
  const log = await readFile(join(folder, 'gateway.log'), 'utf8');
  return log.split('\n').filter((line) => SECRET.test(line)).length;
}
