import type { FastifyInstance } from 'fastify';
import { Problem } from '../http/problem.ts';
import type { Database } from '../store/database.ts';
import { type EntryFilter, findEntriesOf, findEntry, listEntries, type OpenedEntry } from './find-entries.ts';
import { findEntriesOfKind } from './find-entries-of-kind.ts';
import { type AuditAlert, listAuditAlerts } from './list-alerts.ts';
import { listCheckpoints } from './list-checkpoints.ts';
import { proveEntry } from './prove-entry.ts';
import { readWitnesses } from './witness-state.ts';

export interface AuditRouteParts {
  database: Database;
  /** Name of our logs, before the year. */
  logName: string;
  now(): Date;
}

interface EntriesQuery {
  message?: string;
  kind?: string;
  limit: number;
  cursor?: string;
}

/** What an auditor of our own administration reads: the entries with what opens them, the checkpoints, proofs. */
export function addAuditRoutes(app: FastifyInstance, { database, logName, now }: AuditRouteParts): void {
  const config = { scope: 'audit:read' } as const;

  app.get<{ Querystring: EntriesQuery }>(
    '/v1/ops/audit/entries',
    { config, schema: entriesSchema },
    async ({ query }) => {
      const { message, kind, limit, cursor } = query;
      if (message !== undefined) {
        return {
          items: (await findEntriesOf(database, message)).map((entry) => describe(entry, logName)),
          next: null,
        };
      }
      const before = cursor === undefined ? undefined : placeOf(cursor);
      if (kind !== undefined) {
        const { entries, next } = await findEntriesOfKind(database, { kind, limit, before });
        return {
          items: entries.map((entry) => describe(entry, logName)),
          next: next && cursorOf(next.number, next.index),
        };
      }
      const filter: EntryFilter = { limit, before };
      const entries = await listEntries(database, filter);
      const last = entries.at(-1);
      return {
        items: entries.map((entry) => describe(entry, logName)),
        next: last && entries.length === limit ? cursorOf(last.number, last.index) : null,
      };
    },
  );

  app.get<{ Params: { log: string; index: number } }>(
    '/v1/ops/audit/entries/:log/:index/proof',
    { config, schema: proofSchema },
    async ({ params: { log, index } }, reply) => {
      const entry = await findEntry(database, log, index);
      if (!entry) throw new Problem('not-found', { detail: `The log ${log} has no entry ${index}.` });
      return reply
        .type('text/plain; charset=utf-8')
        .serializer(String)
        .send(await proveEntry(database, entry));
    },
  );

  app.get<{ Querystring: { limit: number; cursor?: string } }>(
    '/v1/ops/audit/checkpoints',
    { config, schema: checkpointsSchema },
    async ({ query: { limit, cursor } }) => {
      const before = cursor === undefined ? undefined : placeOf(cursor);
      const page = await listCheckpoints(database, logName, { limit, before });
      const last = page.at(-1);
      return {
        items: page.map(({ number: _, ...item }) => item),
        next: last && page.length === limit ? cursorOf(last.number, last.size) : null,
        witnesses: await readWitnesses(database),
        alerts: (await listAuditAlerts(database, now())) satisfies AuditAlert[],
      };
    },
  );
}

function describe({ log, index, entry, message, content, salt, gone }: OpenedEntry, logName: string): object {
  const { id, time, digest } = JSON.parse(entry) as { id: string; time: string; digest: string };
  return {
    log,
    origin: `${logName}/${log}`,
    index,
    id,
    time,
    digest,
    message,
    content: content === null ? null : JSON.parse(content),
    salt: salt?.toString('base64url') ?? null,
    gone,
  };
}

function cursorOf(number: number, place: number): string {
  return `${number}.${place}`;
}

function placeOf(cursor: string): { number: number; index: number } {
  const [, number, index] = /^(\d{1,9})\.(\d{1,15})$/.exec(cursor) ?? [];
  if (number === undefined || index === undefined) {
    throw new Problem('cursor-malformed', {
      detail: 'cursor must be the next of an earlier answer, or be left out.',
    });
  }
  return { number: Number(number), index: Number(index) };
}

const paging = {
  limit: { type: 'integer', minimum: 1, maximum: 500, default: 50 },
  cursor: { type: 'string', maxLength: 80 },
};

const entriesSchema = {
  tags: ['audit'],
  summary: 'The entries of the audit log with what opens them, newest first',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      message: {
        type: 'string',
        format: 'uuid',
        description: 'Only the entries about this message, oldest first',
      },
      kind: {
        type: 'string',
        maxLength: 64,
        description:
          'Only entries of this kind, e.g. message-accepted. A page may hold fewer than `limit`, or none: go on while `next` is not null.',
      },
      ...paging,
    },
  },
};

const proofSchema = {
  tags: ['audit'],
  summary: 'A proof of one entry that stands alone (C2SP tlog-proof)',
  params: {
    type: 'object',
    properties: { log: { type: 'string', maxLength: 8 }, index: { type: 'integer', minimum: 0 } },
  },
};

const checkpointsSchema = {
  tags: ['audit'],
  summary: 'The checkpoints that partners have cosigned, newest first, and what the witnesses say now',
  querystring: { type: 'object', additionalProperties: false, properties: paging },
};
