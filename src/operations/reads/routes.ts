import type { FastifyInstance } from 'fastify';
import { type Purpose, purposes } from '../../access/purposes.ts';
import type { Database } from '../../store/database.ts';

interface ReadsQuery {
  principal?: string;
  purpose?: Purpose;
  id?: string;
  since?: string;
  until?: string;
  limit: number;
  cursor?: string;
}

/** A group of reads of partner data. */
interface ListedRead {
  id: string;
  principal: string;
  purpose: Purpose;
  what: string;
  ids: string[];
  from: Date;
  to: Date;
}

/** Who read which partner data, when and what for. */
export function addReadRoutes(app: FastifyInstance, database: Database): void {
  app.get<{ Querystring: ReadsQuery }>(
    '/v1/ops/reads',
    { config: { scope: 'audit:read' }, schema: readsSchema },
    async ({ query }) => {
      const items = await listReads(database, query);
      return { items, next: items.length === query.limit ? (items.at(-1)?.id ?? null) : null };
    },
  );
}

/** Newest first: the ids are of the time of their writing. */
function listReads(database: Database, query: ReadsQuery): Promise<ListedRead[]> {
  return database.query<ListedRead>({
    name: 'operations-list-reads',
    text: `select id, principal, purpose, what, ids, from_at as "from", to_at as "to" from access_log
           where ($1::text is null or principal = $1) and ($2::text is null or purpose = $2)
             and ($3::text is null or $3 = any (ids))
             and ($4::timestamptz is null or to_at >= $4) and ($5::timestamptz is null or from_at < $5)
             and ($6::uuid is null or id < $6)
           order by id desc limit $7`,
    values: [
      query.principal ?? null,
      query.purpose ?? null,
      query.id ?? null,
      query.since === undefined ? null : new Date(query.since),
      query.until === undefined ? null : new Date(query.until),
      query.cursor ?? null,
      query.limit,
    ],
  });
}

const instant = { type: 'string', anyOf: [{ format: 'date-time' }, { format: 'date' }] };

const readsSchema = {
  tags: ['audit'],
  summary: 'Who read which partner data, when and what for, newest first',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      principal: { type: 'string', maxLength: 256 },
      purpose: { type: 'string', enum: purposes },
      id: {
        type: 'string',
        maxLength: 64,
        description: 'An enterprise, a validation or a message that was read',
      },
      since: instant,
      until: instant,
      limit: { type: 'integer', minimum: 1, maximum: 500, default: 50 },
      cursor: { type: 'string', format: 'uuid' },
    },
  },
};
