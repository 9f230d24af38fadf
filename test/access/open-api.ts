import type { FastifyInstance } from 'fastify';
import { type Grant, grantAccess } from '../../src/access/grant-access.ts';
import { type Access, guardApi, openAccess } from '../../src/access/open-access.ts';
import { appendEntries } from '../../src/audit/append-entries.ts';
import type { Config } from '../../src/config/config.ts';
import { countRequests } from '../../src/http/request-rate.ts';
import { startTestServer, type TestServer } from '../support/http.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

/** A real listener with the routes of access and a few of the test's own, on a database of its own. */
export interface TestApi extends AsyncDisposable {
  db: TestDatabase;
  gateway: TestServer;
  access: Access;
  token(grant: Partial<Grant> & Pick<Grant, 'name'>): Promise<string>;
  call(method: string, path: string, token?: string, body?: unknown, headers?: object): Promise<Response>;
  /** What the audit log says, in order. */
  entries(): Promise<{ kind: string }[]>;
}

export interface TestApiOptions {
  config?: Config['access'];
  links?: readonly string[];
  requestsPerSecond?: number;
  addRoutes?: (api: FastifyInstance, access: Access) => void;
  /** That of a side; one of its own unless told. */
  db?: TestDatabase;
}

export async function openTestApi(options: TestApiOptions = {}): Promise<TestApi> {
  const { config = {}, links = ['us-cbp', 'eu-taxud'], requestsPerSecond = 1_000, addRoutes } = options;
  const db = options.db ?? (await createTestDatabase());
  const { database } = db;
  const access = openAccess(database, appendEntries, config);
  const gateway = await startTestServer('internal', async (server) => {
    await countRequests(server);
    await server.register(async (api) => {
      guardApi(api, { database, audit: appendEntries, access, links, requestsPerSecond });
      addRoutes?.(api, access);
    });
  });
  return {
    db,
    gateway,
    access,
    async token(grant) {
      const wanted = { role: 'backend', ...grant } as const;
      return (await grantAccess(database, appendEntries, wanted, 'test', new Date())).token;
    },
    call(method, path, token, body, headers = {}) {
      return fetch(gateway.url + path, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    },
    async entries() {
      const rows = await db.sql<{ content: string }>(
        "select content from audit_pending order by entry::json->>'time'",
      );
      return rows.map((row) => JSON.parse(row.content));
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      if (!options.db) await db.close();
    },
  };
}
