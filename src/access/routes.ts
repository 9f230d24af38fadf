import type { FastifyInstance } from 'fastify';
import { principalOf } from '../http/authenticate.ts';
import { Problem } from '../http/problem.ts';
import type { Database } from '../store/database.ts';
import { AccessError } from './access-error.ts';
import type { Audit } from './audit.ts';
import { grantAccess } from './grant-access.ts';
import { listAccess } from './list-access.ts';
import { purposes } from './purposes.ts';
import { readGrant } from './read-grant.ts';
import { revokeAccess } from './revoke-access.ts';
import { roles, scopes } from './roles.ts';

export interface AccessRouteParts {
  database: Database;
  audit: Audit;
  /** Ids of the links. */
  links: ReadonlySet<string>;
}

const config = { scope: 'access' } as const;

/** Who may release an act of somebody else's must not be made by that somebody: such tokens are granted on the machine. */
const DECIDING = new Set(['operate', 'keys', 'access', 'erase']);

/** Tokens of ours: grant, list, revoke. */
export function addAccessRoutes(app: FastifyInstance, parts: AccessRouteParts): void {
  const { database, audit } = parts;

  app.get(
    '/v1/ops/access',
    { config, schema: { tags: ['access'], summary: 'Who has access, and who had' } },
    async () => ({ items: await listAccess(database, new Date()), next: null }),
  );

  app.post('/v1/ops/access', { config, schema: grantSchema }, async (request, reply) => {
    const grant = readGrant(request.body, parts.links, new Date());
    const deciding = (grant.scopes ?? roles[grant.role]).filter((scope) => DECIDING.has(scope));
    if (deciding.length > 0) {
      throw new Problem('second-person-needed', {
        detail: `A token with ${deciding.join(', ')} can release what another person asked for, so it is granted at the gateway's own command line: mra access grant.`,
      });
    }
    const by = principalOf(request).name;
    const granted = await explained(grantAccess(database, audit, grant, by, new Date()));
    return reply.code(201).send({ ...grant, ...granted });
  });

  app.delete<{ Params: { token: string } }>(
    '/v1/ops/access/:token',
    { config, schema: { tags: ['access'], summary: 'End a token, by its name or id' } },
    async (request, reply) => {
      const { token } = request.params;
      await explained(revokeAccess(database, audit, token, principalOf(request).name, new Date()));
      return reply.code(204).send();
    },
  );
}

async function explained<T>(act: Promise<T>): Promise<T> {
  try {
    return await act;
  } catch (cause) {
    if (!(cause instanceof AccessError)) throw cause;
    throw new Problem(cause.code === 'not-found' ? 'not-found' : 'conflict', {
      detail: cause.message,
      cause,
    });
  }
}

const grantSchema = {
  tags: ['access'],
  summary: 'Make a token; the answer is the only place where it is shown',
  body: {
    type: 'object',
    required: ['name', 'role'],
    properties: {
      name: { type: 'string', maxLength: 64 },
      role: { type: 'string', enum: Object.keys(roles) },
      scopes: { type: 'array', items: { type: 'string', enum: scopes } },
      purpose: { type: 'string', enum: purposes },
      link: { type: 'string' },
      expiresAt: { type: 'string', format: 'date-time' },
    },
  },
};
