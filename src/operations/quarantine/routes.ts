import type { FastifyInstance, FastifyRequest } from 'fastify';
import { principalOf } from '../../http/authenticate.ts';
import { Problem } from '../../http/problem.ts';
import { listQuarantine, type QuarantineRow } from '../../reception/quarantine.ts';
import type { Database } from '../../store/database.ts';
import { readAct, readBulk } from '../dead-letters/read-request.ts';
import { dismissQuarantined, type QuarantineRef } from './dismiss-quarantined.ts';
import { exportQuarantined } from './export-quarantined.ts';
import { groupQuarantined } from './group-quarantined.ts';

/** Bytes of one export: 100 of at most 512 KiB. */
const EXPORT_MAX = 100;
const BULK_MAX = 1_000;

interface QuarantineQuery {
  link?: string;
  q?: string;
  limit: number;
  cursor?: string;
}

type Place = { link: string; sha256: string };

/** What the partner signed and we refused. */
export function addQuarantineRoutes(app: FastifyInstance, database: Database): void {
  const config = { scope: 'operate' } as const;

  app.get<{ Querystring: QuarantineQuery }>(
    '/v1/ops/quarantine',
    { config: { ...config, link: 'query' }, schema: listSchema },
    async (request) => {
      const { cursor, limit, ...filter } = request.query;
      const after = cursor === undefined ? {} : { after: placeOf(cursor) };
      const rows = await list(database, request, filter, limit, after);
      const last = rows.at(-1);
      return { items: rows.map(itemOf), next: last && rows.length === limit ? cursorOf(last) : null };
    },
  );

  app.get<{ Querystring: { link?: string } }>(
    '/v1/ops/quarantine/groups',
    { config: { ...config, link: 'query' }, schema: groupsSchema },
    async ({ query }) => ({ items: await groupQuarantined(database, query.link), next: null }),
  );

  app.get<{ Querystring: QuarantineQuery }>(
    '/v1/ops/quarantine/export',
    {
      config: { ...config, link: 'query' },
      schema: { ...listSchema, summary: 'Refused messages with their bytes, as NDJSON' },
    },
    async (request, reply) => {
      const { cursor: _cursor, limit, ...filter } = request.query;
      const rows = await list(database, request, filter, Math.min(limit, EXPORT_MAX));
      const items = await exportQuarantined(database, rows, {
        by: principalOf(request).name,
        now: new Date(),
      });
      const lines = items.map((item) => `${JSON.stringify(item)}\n`).join('');
      return reply.type('application/x-ndjson').serializer(String).send(lines);
    },
  );

  app.get<{ Params: Place }>(
    '/v1/ops/quarantine/:link/:sha256/set',
    {
      config: { ...config, link: 'path' },
      schema: { tags: ['operate'], summary: 'The compact JWS of one refused message' },
    },
    async (request, reply) => {
      const act = { by: principalOf(request).name, now: new Date() };
      const [item] = await exportQuarantined(database, [refOf(request)], act);
      if (!item) throw unknown(request.params.sha256);
      if (item.jws === null)
        throw new Problem('not-found', { detail: 'The bytes of this message were not kept.' });
      return reply.type('application/secevent+jwt').serializer(String).send(item.jws);
    },
  );

  app.post<{ Params: Place }>(
    '/v1/ops/quarantine/:link/:sha256/dismiss',
    {
      config: { ...config, link: 'path' },
      schema: { tags: ['operate'], summary: 'Take refused bytes out of the quarantine' },
    },
    async (request, reply) => {
      const { reason } = readAct(request);
      const act = { by: principalOf(request).name, reason, now: new Date() };
      if ((await dismissQuarantined(database, [refOf(request)], act)) === 0)
        throw unknown(request.params.sha256);
      return reply.code(204).send();
    },
  );

  app.post(
    '/v1/ops/quarantine/dismiss',
    { config, schema: { tags: ['operate'], summary: 'Dismiss all that fit, up to 1,000' } },
    async (request) => {
      const { filter, reason, dryRun } = readBulk(request);
      const q = filter.q ?? filter.subject ?? filter.error;
      const wanted = {
        ...(filter.link === undefined ? {} : { link: filter.link }),
        ...(q === undefined ? {} : { q }),
      };
      const found = await list(database, request, wanted, BULK_MAX + 1);
      const rows = found.slice(0, BULK_MAX);
      const act = { by: principalOf(request).name, reason, now: new Date() };
      const done = dryRun ? 0 : await dismissQuarantined(database, rows, act);
      return {
        action: 'dismiss',
        dryRun,
        matched: rows.length,
        done,
        failed: [],
        more: found.length > rows.length,
      };
    },
  );
}

/** A token that is bound to a link sees that one only. */
async function list(
  database: Database,
  request: FastifyRequest,
  filter: { link?: string; q?: string },
  limit: number,
  after: { after?: { at: Date; sha256: Buffer } } = {},
): Promise<QuarantineRow[]> {
  const { link } = principalOf(request);
  if (link !== undefined && filter.link !== undefined && filter.link !== link) return [];
  return listQuarantine(database, { ...filter, ...(link === undefined ? {} : { link }), limit, ...after });
}

function refOf(request: FastifyRequest<{ Params: Place }>): QuarantineRef {
  const { link, sha256 } = request.params;
  const bound = principalOf(request).link;
  if (!/^[\w-]{43}$/.test(sha256) || (bound !== undefined && bound !== link)) throw unknown(sha256);
  return { link, sha256: Buffer.from(sha256, 'base64url') };
}

function unknown(sha256: string): Problem {
  return new Problem('not-found', {
    detail: `Nothing with the SHA-256 ${sha256} is in quarantine on this link.`,
  });
}

function itemOf({ errors, sha256, ...row }: QuarantineRow): object {
  return { ...row, sha256: sha256.toString('base64url'), errors: JSON.parse(errors) };
}

function cursorOf({ firstAt, sha256 }: QuarantineRow): string {
  return `${firstAt.getTime()}.${sha256.toString('base64url')}`;
}

function placeOf(cursor: string): { at: Date; sha256: Buffer } {
  const [, time, hash] = /^(\d{1,15})\.([\w-]{43})$/.exec(cursor) ?? [];
  if (time === undefined || hash === undefined) {
    throw new Problem('cursor-malformed', {
      detail: 'The parameter cursor must be the next of an earlier answer, or be left out.',
    });
  }
  return { at: new Date(Number(time)), sha256: Buffer.from(hash, 'base64url') };
}

const groupsSchema = {
  tags: ['operate'],
  summary: 'What is in quarantine, by the code of the first error; q of the list takes such a code',
  querystring: { type: 'object', additionalProperties: false, properties: { link: { type: 'string' } } },
};

const listSchema = {
  tags: ['operate'],
  summary: 'What the partner signed and we refused, newest first',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      link: { type: 'string' },
      q: { type: 'string', maxLength: 200, description: 'A message id, a subject, or part of an error' },
      limit: { type: 'integer', minimum: 1, maximum: 500, default: 50 },
      cursor: { type: 'string', maxLength: 80 },
    },
  },
};
