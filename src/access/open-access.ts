import type { FastifyInstance } from 'fastify';
import type { Config, IdentityProviderConfig } from '../config/config.ts';
import { requireTokens } from '../http/authenticate.ts';
import { requestLimit } from '../http/request-rate.ts';
import type { Database } from '../store/database.ts';
import { addApprovalRoutes } from './approval-routes.ts';
import { Approvals } from './approvals.ts';
import type { Audit } from './audit.ts';
import { keysAtAddress, keysInFile } from './provider-keys.ts';
import { type TokenReader, tokenReader } from './read-token.ts';
import { addAccessRoutes } from './routes.ts';
import { addSessionRoutes } from './session-routes.ts';
import { type Sessions, sessionStore } from './sessions.ts';
import { isTokenShaped } from './tokens.ts';
import { providerTokenReader } from './verify-provider-token.ts';

/** Who may use the internal listener, and what waits for a second person. */
export interface Access {
  tokens: TokenReader;
  sessions: Sessions;
  /** Features add the acts that one person must not do alone. */
  approvals: Approvals;
}

export function openAccess(database: Database, audit: Audit, config: Config['access']): Access {
  const own = tokenReader(database);
  const provider = config.identityProvider && providerReader(config.identityProvider);
  return {
    tokens: { read: async (token) => (isTokenShaped(token) ? own.read(token) : provider?.read(token)) },
    sessions: sessionStore(database, audit),
    approvals: new Approvals(database, audit),
  };
}

function providerReader({ keys, ...provider }: IdentityProviderConfig): TokenReader {
  return providerTokenReader({
    ...provider,
    keys: 'url' in keys ? keysAtAddress(keys.url) : keysInFile(keys.file),
  });
}

export interface AccessParts {
  database: Database;
  audit: Audit;
  access: Access;
  /** Ids of the links. */
  links: Iterable<string>;
  requestsPerSecond: number;
}

/** Wrong tokens from one address: enough for a client that has not noticed, little for one that guesses. */
const FAILURES_PER_SECOND = 10;

/** From here on every route of this server needs a token or a session; the routes of access itself come first. */
export function guardApi(
  api: FastifyInstance,
  { database, audit, access, links, requestsPerSecond }: AccessParts,
): void {
  requireTokens(api, access.tokens, {
    sessions: access.sessions,
    rate: requestLimit(api, requestsPerSecond),
    failures: requestLimit(api, FAILURES_PER_SECOND),
  });
  addSessionRoutes(api, access.sessions);
  addAccessRoutes(api, { database, audit, links: new Set(links) });
  addApprovalRoutes(api, access.approvals);
}
