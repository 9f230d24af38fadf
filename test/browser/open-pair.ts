import { readFileSync, writeFileSync } from 'node:fs';
import { type Grant, grantAccess } from '../../src/access/grant-access.ts';
import { scopes } from '../../src/access/roles.ts';
import { appendEntries } from '../../src/audit/append-entries.ts';
import { loadConfig } from '../../src/config/config.ts';
import { Secret } from '../../src/config/secrets.ts';
import { builtConsole } from '../../src/console/build-console.ts';
import type { Party } from '../../src/contract/party.ts';
import { GatewayClient } from '../../src/demo/gateway-client.ts';
import { type PreparedSide, prepareSides } from '../../src/demo/prepare-sides.ts';
import { startGateway } from '../../src/gateway.ts';
import { keepLog } from '../support/http.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

/** Ports that no other pair of the tests uses. */
const PORT_OFFSET = 7_000;

/** A gateway of each side over mutual TLS, with the console, and what goes wrong between them. */
export interface BrowserPair extends AsyncDisposable {
  /** China's console. */
  console: string;
  client: GatewayClient;
  tokens: { backend: string; all: string };
  /** The partner's gateway stops; its messages wait. */
  stopPartner(): Promise<void>;
  startPartner(): Promise<void>;
  /** As if what fails had failed for so many minutes longer: alerts wait a while for it to come back by itself. */
  ageFailures(minutes: number): Promise<void>;
  /** The partner's database fails at messages about these subjects, until it is mended. */
  breakPartnerAt(subjects: readonly string[]): Promise<void>;
  mendPartner(): Promise<void>;
}

/** Retries follow each other as fast as a test can wait for. */
const RETRY = { firstMs: 100, maxMs: 400 };

export async function openBrowserPair(): Promise<BrowserPair> {
  const stack = new AsyncDisposableStack();
  try {
    if ((await builtConsole()) === undefined) throw new Error('the console cannot be built');
    const folder = stack.use(await createTemporaryFolder());
    const prepared = await prepareSides(folder.path, PORT_OFFSET);
    const dbs = {} as Record<Party, TestDatabase>;
    for (const party of ['CN', 'US'] as const) {
      quicken(prepared[party]);
      const db = await createTestDatabase();
      stack.defer(() => db.close());
      dbs[party] = db;
    }
    const start = async (party: Party) => {
      const config = await loadConfig({ file: prepared[party].config, env: { overrides: [] } });
      const database = { url: new Secret(dbs[party].connectionString) };
      return startGateway({ ...config, database }, keepLog().log);
    };
    let partner: Awaited<ReturnType<typeof start>> | undefined = await start('US');
    const stopPartner = async (): Promise<void> => {
      await partner?.[Symbol.asyncDispose]();
      partner = undefined;
    };
    stack.defer(stopPartner);
    const own = stack.use(await start('CN'));
    const token = async (grant: Grant): Promise<string> =>
      (await grantAccess(dbs.CN.database, appendEntries, grant, 'test', new Date())).token;
    return {
      console: `${own.internal}/console`,
      client: stack.use(new GatewayClient(own.internal)),
      tokens: {
        backend: await token({ name: 'core', role: 'backend' }),
        all: await token({ name: 'lin.hai', role: 'operator', scopes: [...scopes], purpose: 'support' }),
      },
      stopPartner,
      async startPartner() {
        partner = await start('US');
      },
      async ageFailures(minutes) {
        await dbs.CN.sql(`update attempt set started_at = started_at - interval '${minutes} minutes'`);
      },
      async breakPartnerAt(subjects) {
        await dbs.US.sql(
          `create or replace function break_message() returns trigger language plpgsql as $$
             begin
               if new.subject = any ('{${subjects.join(',')}}'::text[]) then raise exception 'disk block unreadable'; end if;
               return new;
             end $$`,
        );
        await dbs.US.sql(
          'create trigger broken before insert on message for each row execute function break_message()',
        );
      },
      async mendPartner() {
        await dbs.US.sql('drop trigger broken on message');
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

function quicken({ config }: PreparedSide): void {
  const written = JSON.parse(readFileSync(config, 'utf8'));
  Object.assign(written.links[0], { retry: RETRY, lanes: 2 });
  writeFileSync(config, JSON.stringify(written));
}
