import type { FastifyInstance } from 'fastify';
import type { ReadLog } from '../access/record-reads.ts';
import type { Party } from '../contract/party.ts';
import { Problem } from '../http/problem.ts';
import type { Database } from '../store/database.ts';
import { askedLink } from './asked-link.ts';
import { enterpriseAnswer } from './enterprise-answer.ts';
import { noteRead } from './note-read.ts';
import { cursorOf, placeOf } from './page-cursor.ts';
import { readEnterprise } from './read-enterprise.ts';
import { readHistory } from './read-history.ts';
import { type ReadTime, readTimeOf, type TimeQuery } from './read-time.ts';
import { enterpriseSchema, historySchema } from './route-schemas.ts';
import { addValidationRoutes } from './validation-routes.ts';

export interface RegisterRouteParts {
  database: Database;
  /** Our own party: reads of its own enterprises are not reads of partner data. */
  party: Party;
  reads: ReadLog;
}

interface HistoryQuery extends TimeQuery {
  link?: string;
  limit: number;
  cursor?: string;
}

/** Records of both sides, as they stand now or stood at another time. */
export function addRegisterRoutes(app: FastifyInstance, parts: RegisterRouteParts): void {
  const { database } = parts;
  addValidationRoutes(app, parts);

  app.get<{ Params: { id: string }; Querystring: TimeQuery & { link?: string } }>(
    '/v1/enterprises/:id',
    { config: { scope: 'register:read', purpose: true, link: 'route' }, schema: enterpriseSchema },
    async (request) => {
      const { id } = request.params;
      const time = readTimeOf(request.query);
      const records = await readEnterprise(database, id, askedLink(request, request.query.link), time);
      const record = oneOf(records, id, time);
      noteRead(parts.reads, request, 'enterprise', record.party === parts.party ? [] : [id]);
      return enterpriseAnswer(record);
    },
  );

  app.get<{ Params: { id: string }; Querystring: HistoryQuery }>(
    '/v1/enterprises/:id/history',
    { config: { scope: 'register:read', purpose: true, link: 'route' }, schema: historySchema },
    async (request) => {
      const { id } = request.params;
      const { link: asked, limit, cursor, ...times } = request.query;
      const time = readTimeOf(times);
      // The link is found by the current cells: whoever was known once is known now.
      const { link, party } = oneOf(await readEnterprise(database, id, askedLink(request, asked)), id, {});
      const place = cursor === undefined ? undefined : historyPlaceOf(cursor);
      const page = { limit, ...(place ? { after: place } : {}) };
      const history = await readHistory(database, { link, party, subject: id }, time, page);
      if (!history) throw notKnown(id, time);
      noteRead(parts.reads, request, 'enterprise-history', party === parts.party ? [] : [id]);
      const next = history.next && cursorOf([history.next.countsAs, history.next.version]);
      return { id, link, party, items: history.steps, next: next ?? null };
    },
  );
}

/** @throws Problem not-found, or link-missing where several links know it */
function oneOf<Known extends { link: string }>(records: readonly Known[], id: string, time: ReadTime): Known {
  const [record, ...others] = records;
  if (!record) throw notKnown(id, time);
  if (others.length === 0) return record;
  const links = records.map((r) => r.link).join(', ');
  throw new Problem('link-missing', { detail: `${id} is known on several links; name one: ${links}.` });
}

function notKnown(id: string, { on, asOf }: ReadTime): Problem {
  const then = [on && ` on ${on}`, asOf && ` as of ${asOf.toISOString()}`].filter(Boolean).join('');
  return new Problem('not-found', { detail: `The register holds no enterprise ${id}${then}.` });
}

function historyPlaceOf(cursor: string): { countsAs: number; version: number } {
  const [countsAs, version] = placeOf(cursor, ['number', 'number']) as [number, number];
  return { countsAs, version };
}
