import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify';
import { problems, problemType } from './problems.ts';

/** Call it before the routes are added: it describes the ones that come after. */
export async function describeRoutes(server: FastifyInstance, version: string): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'mra-gateway',
        version,
        description: "The internal listener: for an administration's own systems and operators.",
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'mra access grant prints one' },
        },
      },
    },
    transform: ({ schema, url, route }) => ({ schema: withStandards(schema ?? {}, route), url }),
  });
  server.get('/openapi.json', { schema: { hide: true } }, async () => server.swagger());
}

/** What every route has: its token, its scope, its purpose, its problems. */
function withStandards(schema: FastifySchema, route: RouteOptions): FastifySchema {
  if (schema.hide) return schema;
  const { scope, purpose } = route.config ?? {};
  return {
    ...schema,
    ...(scope ? { security: [{ token: [scope] }] } : {}),
    ...(purpose ? { headers: withPurpose(schema.headers) } : {}),
    response: { ...(schema.response ?? { '2xx': { description: 'Done' } }), ...PROBLEM_RESPONSES },
  };
}

function withPurpose(headers: unknown): Record<string, unknown> {
  const given = typeof headers === 'object' && headers !== null ? headers : { type: 'object' };
  const properties: unknown = Reflect.get(given, 'properties');
  return {
    ...given,
    properties: {
      ...(typeof properties === 'object' ? properties : {}),
      'data-purpose': {
        type: 'string',
        description: "What the partner's data are read for; or the token's own purpose",
      },
    },
  };
}

const problemSchema = {
  type: 'object',
  description: 'A problem (RFC 9457)',
  required: ['type', 'title', 'status'],
  properties: {
    type: {
      type: 'string',
      enum: Object.keys(problems).map((code) => problemType(code as keyof typeof problems)),
    },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'code', 'message'],
        properties: {
          pointer: { type: 'string', description: 'RFC 6901 pointer into the body' },
          code: { type: 'string' },
          rule: { type: 'string' },
          message: { type: 'string' },
        },
      },
    },
  },
} as const;

const problemResponse = {
  description: 'The request was refused, or failed',
  content: { 'application/problem+json': { schema: problemSchema } },
};

const PROBLEM_RESPONSES = { '4xx': problemResponse, '5xx': problemResponse };
