import type { FastifyInstance } from 'fastify';
import type { ReadLog } from '../access/record-reads.ts';
import { Problem } from '../http/problem.ts';
import type { Database } from '../store/database.ts';
import { askedLink } from './asked-link.ts';
import { type ActionStatus, listActions } from './list-actions.ts';
import { noteRead } from './note-read.ts';
import { cursorOf, placeOf } from './page-cursor.ts';
import { readTimeOf, type TimeQuery } from './read-time.ts';
import { listValidations, type ValidationFilter, type ValidationPlace } from './read-validations.ts';
import { actionsSchema, roundSchema, roundsSchema, validationsSchema } from './route-schemas.ts';
import { listRounds, summariseRound } from './summarise-rounds.ts';

interface LinkQuery extends TimeQuery {
  link?: string;
}

interface ValidationsQuery extends LinkQuery {
  round?: string;
  outcome?: string;
  since?: string;
  facility?: string;
  limit: number;
  cursor?: string;
}

interface ActionsQuery extends LinkQuery {
  status?: ActionStatus;
  round?: string;
  dueUntil?: string;
  limit: number;
  cursor?: string;
}

const access = { scope: 'register:read', purpose: true, link: 'route' } as const;

/** Validations of both sides: results, rounds in figures, corrective actions. */
export function addValidationRoutes(
  app: FastifyInstance,
  { database, reads }: { database: Database; reads: ReadLog },
): void {
  app.get<{ Querystring: ValidationsQuery }>(
    '/v1/validation-results',
    { config: access, schema: validationsSchema },
    async (request) => {
      const { cursor, link: asked, on: _on, asOf: _asOf, ...filter } = request.query;
      const link = askedLink(request, asked);
      const page: ValidationFilter = {
        ...filter,
        ...(link === undefined ? {} : { link }),
        ...(cursor === undefined ? {} : { after: validationPlaceOf(cursor) }),
      };
      const items = await listValidations(database, page, readTimeOf(request.query));
      const last = items.at(-1);
      noteRead(
        reads,
        request,
        'validation-results',
        items.map((i) => i.subject),
      );
      return {
        items: items.map(({ subject, visitTo: _, ...item }) => ({ validationId: subject, ...item })),
        next:
          last && items.length === filter.limit ? cursorOf([last.visitTo, last.link, last.subject]) : null,
      };
    },
  );

  app.get<{ Params: { round: string }; Querystring: LinkQuery }>(
    '/v1/validation-rounds/:round',
    { config: access, schema: roundSchema },
    async (request) => {
      const { round } = request.params;
      const link = askedLink(request, request.query.link);
      const summary = await summariseRound(database, round, link, readTimeOf(request.query));
      if (!summary)
        throw new Problem('not-found', { detail: `No validation result bears the round ${round}.` });
      noteRead(reads, request, 'validation-round', [round]);
      return summary;
    },
  );

  app.get<{ Querystring: LinkQuery }>(
    '/v1/validation-rounds',
    { config: access, schema: roundsSchema },
    async (request) => {
      const link = askedLink(request, request.query.link);
      const items = await listRounds(database, link, readTimeOf(request.query));
      noteRead(
        reads,
        request,
        'validation-round',
        items.map(({ round }) => round),
      );
      return { items, next: null };
    },
  );

  app.get<{ Querystring: ActionsQuery }>(
    '/v1/validation-actions',
    { config: access, schema: actionsSchema },
    async (request) => {
      const { link: asked, status, round, dueUntil, limit, cursor } = request.query;
      const link = askedLink(request, asked);
      const from = cursor === undefined ? 0 : Number(placeOf(cursor, ['number'])[0]);
      const actions = await listActions(database, link, readTimeOf(request.query), new Date());
      const matching = actions.filter(
        (action) =>
          (status === undefined ? action.status !== 'closed' : action.status === status) &&
          (round === undefined || action.round === round) &&
          (dueUntil === undefined || (action.dueOn !== null && action.dueOn <= dueUntil)),
      );
      const items = matching.slice(from, from + limit);
      noteRead(
        reads,
        request,
        'validation-actions',
        items.map((i) => i.validationId),
      );
      return { items, next: from + limit < matching.length ? cursorOf([from + limit]) : null };
    },
  );
}

function validationPlaceOf(cursor: string): ValidationPlace {
  const [visitTo, link, subject] = placeOf(cursor, ['string', 'string', 'string']) as [
    string,
    string,
    string,
  ];
  if (/^\d{4}-\d\d-\d\d$/.test(visitTo)) return { visitTo, link, subject };
  throw new Problem('cursor-malformed', {
    detail: 'The parameter cursor must be the next of an earlier answer, or be left out.',
  });
}
