import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { FastifyInstance } from 'fastify';
import { Problem } from './problem.ts';

/**
 * Path, query and header are checked by the route's schema, their text coerced to the types it names. A body is
 * not: its feature reads it and names every fault with its pointer; its schema in the route is documentation.
 * Answers are written as they are, a schema never drops a member.
 */
export function validateRequests(server: FastifyInstance): void {
  const ajv = new Ajv2020({ allErrors: true, coerceTypes: 'array', useDefaults: true, strict: false });
  addFormats.default(ajv, { mode: 'full' });
  server.setValidatorCompiler(({ schema, httpPart }) => {
    if (httpPart === 'body') return () => true;
    return ajv.compile(schema as object);
  });
  server.setSerializerCompiler(() => JSON.stringify);
  server.addHook('preValidation', async (request) => {
    for (const part of [request.params, request.query]) {
      if (Object.entries(part as object).some(([name, value]) => hasNul(name) || hasNul(value))) {
        throw new Problem('malformed', { detail: 'Path and query are text without the character U+0000.' });
      }
    }
  });
}

/** PostgreSQL's texts cannot hold it: it would be an error of ours. */
function hasNul(value: unknown): boolean {
  return Array.isArray(value) ? value.some(hasNul) : typeof value === 'string' && value.includes('\0');
}
