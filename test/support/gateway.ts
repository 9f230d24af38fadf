import { setTimeout as delay } from 'node:timers/promises';
import { grantAccess } from '../../src/access/grant-access.ts';
import type { Purpose } from '../../src/access/purposes.ts';
import type { Role } from '../../src/access/roles.ts';
import { appendEntries } from '../../src/audit/append-entries.ts';
import { type Config, loadConfig } from '../../src/config/config.ts';
import { Secret } from '../../src/config/secrets.ts';
import type { Party } from '../../src/contract/party.ts';
import { prepareSides } from '../../src/demo/prepare-sides.ts';
import { startGateway } from '../../src/gateway.ts';
import { ask } from './ask.ts';
import { type KeptLog, keepLog } from './http.ts';
import { recordOf } from './messages.ts';
import { createTestDatabase, type TestDatabase } from './postgres.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

/** A whole gateway in this process, on a database of its own and free ports; nobody is at its partner's address. */
export interface TestGateway extends AsyncDisposable {
  config: Config;
  db: TestDatabase;
  internal: string;
  exchange: string;
  kept: KeptLog;
  /** Draws a token as `mra access grant` does. */
  grant(role: Role, purpose?: Purpose): Promise<string>;
}

/**
 * @param portOffset tells the partner's address from that of other pairs that tests run beside
 * @param change of the configuration as it was loaded
 */
export async function startTestGateway(
  party: Party,
  portOffset: number,
  change: (config: Config) => Config = (config) => config,
): Promise<TestGateway> {
  const stack = new AsyncDisposableStack();
  try {
    const folder = stack.use(await createTemporaryFolder());
    const prepared = await prepareSides(folder.path, portOffset);
    const db = stack.use(await createTestDatabase());
    const kept = keepLog();
    const written = await loadConfig({ file: prepared[party].config, env: { overrides: [] } });
    const anyPort = { host: '127.0.0.1', port: 0 };
    const changed = change(written);
    const config: Config = {
      ...changed,
      // Entries of a log that a partner witnesses wait for his word, and nobody is there.
      links: changed.links.map(({ auditKeys: _none, ...link }) => link),
      database: { url: new Secret(db.connectionString) },
      internal: anyPort,
      exchange: anyPort,
    };
    const { internal, exchange } = stack.use(await startGateway(config, kept.log));
    let granted = 0;
    const grant = async (role: Role, purpose?: Purpose): Promise<string> => {
      const wanted = { name: `test-${role}-${++granted}`, role, ...(purpose ? { purpose } : {}) };
      const { token } = await grantAccess(db.database, appendEntries, wanted, 'test', new Date());
      return token;
    };
    await untilIntakeOpens(internal, await grant('backend'));
    return {
      config,
      db,
      internal,
      exchange,
      kept,
      grant,
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/**
 * Intake opens when the comparison at the start has found that the partner is away. Asked with a message that is right
 * by itself, for only such a one gets so far, and that no register takes.
 */
async function untilIntakeOpens(internal: string, token: string): Promise<void> {
  const body = { type: 'enterprise-status', data: recordOf('CN4499999999'), expectedVersion: 99 };
  for (;;) {
    const { status, text } = await ask(internal, { path: '/v1/messages', token, body });
    if (status === 409) return;
    if (status !== 503) throw new Error(`the intake of a new gateway answers ${status}: ${text}`);
    await delay(50);
  }
}
