import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ReadLog } from '../access/record-reads.ts';
import type { Party } from '../contract/party.ts';
import { principalOf, purposeOf } from '../http/authenticate.ts';
import { Problem } from '../http/problem.ts';
import type { Database } from '../store/database.ts';
import { type EnterpriseRecord, readEnterprise } from './read-enterprise.ts';
import {
  listValidations,
  summariseRound,
  type ValidationFilter,
  type ValidationPlace,
} from './read-validations.ts';
import { enterpriseSchema, roundSchema, validationsSchema } from './route-schemas.ts';

export interface RegisterRouteParts {
  database: Database;
  /** Our own party: reads of its own enterprises are not reads of partner data. */
  party: Party;
  reads: ReadLog;
}

interface ValidationsQuery {
  link?: string;
  round?: string;
  outcome?: string;
  since?: string;
  facility?: string;
  limit: number;
  cursor?: string;
}

/** Records of both sides as they stand now. */
export function addRegisterRoutes(app: FastifyInstance, parts: RegisterRouteParts): void {
  const { database } = parts;

  app.get<{ Params: { id: string }; Querystring: { link?: string } }>(
    '/v1/enterprises/:id',
    { config: { scope: 'register:read', purpose: true }, schema: enterpriseSchema },
    async (request) => {
      const { id } = request.params;
      const records = await readEnterprise(database, id, linkOf(request, request.query.link));
      const [record, ...others] = records;
      if (!record) throw new Problem('not-found', { detail: `The register holds no enterprise ${id}.` });
      if (others.length > 0) {
        const links = records.map((r) => r.link).join(', ');
        throw new Problem('link-missing', { detail: `${id} is known on several links; name one: ${links}.` });
      }
      note(parts, request, 'enterprise', record.party === parts.party ? [] : [id]);
      return enterpriseAnswer(record);
    },
  );

  app.get<{ Querystring: ValidationsQuery }>(
    '/v1/validation-results',
    { config: { scope: 'register:read', purpose: true }, schema: validationsSchema },
    async (request) => {
      const { cursor, link, ...filter } = request.query;
      const page: ValidationFilter = {
        ...filter,
        ...optional('link', linkOf(request, link)),
        ...optional('after', cursor === undefined ? undefined : placeOf(cursor)),
      };
      const items = await listValidations(database, page);
      const last = items.at(-1);
      note(
        parts,
        request,
        'validation-results',
        items.map((i) => i.subject),
      );
      return {
        items: items.map(({ subject, visitTo: _, ...item }) => ({ validationId: subject, ...item })),
        next: last && items.length === filter.limit ? cursorOf(last) : null,
      };
    },
  );

  app.get<{ Params: { round: string }; Querystring: { link?: string } }>(
    '/v1/validation-rounds/:round',
    { config: { scope: 'register:read', purpose: true }, schema: roundSchema },
    async (request) => {
      const { round } = request.params;
      const summary = await summariseRound(database, round, linkOf(request, request.query.link));
      if (!summary)
        throw new Problem('not-found', { detail: `No validation result bears the round ${round}.` });
      note(parts, request, 'validation-round', [round]);
      return summary;
    },
  );
}

/** The record as it was stated, with the standing that counts now: a later decision may have moved it. */
function enterpriseAnswer({ details, standing, ...record }: EnterpriseRecord): object {
  const gradeMember = record.party === 'CN' ? 'class' : 'tier';
  return {
    ...record,
    ...(details
      ? { record: details.data, recordVersion: details.version, recordSource: details.source }
      : {}),
    ...(standing
      ? {
          standing: {
            regime: standing.regime,
            ...(standing.grade === null ? {} : { [gradeMember]: standing.grade }),
            status: standing.status,
            since: standing.since,
            version: standing.version,
            source: standing.source,
            receivedAt: standing.receivedAt,
          },
        }
      : {}),
  };
}

function linkOf(request: FastifyRequest, asked: string | undefined): string | undefined {
  const bound = principalOf(request).link;
  if (bound !== undefined && asked !== undefined && asked !== bound) {
    throw new Problem('link-forbidden', { detail: `This token is for the link ${bound} only.` });
  }
  return asked ?? bound;
}

function note(
  { reads }: RegisterRouteParts,
  request: FastifyRequest,
  what: string,
  ids: readonly string[],
): void {
  if (ids.length === 0) return;
  reads.record({ principal: principalOf(request).name, purpose: purposeOf(request), what, ids });
}

function cursorOf({ visitTo, link, subject }: ValidationPlace): string {
  return Buffer.from(JSON.stringify([visitTo, link, subject])).toString('base64url');
}

function placeOf(cursor: string): ValidationPlace {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(place) && place.length === 3 && place.every((part) => typeof part === 'string')) {
      const [visitTo, link, subject] = place as [string, string, string];
      if (/^\d{4}-\d\d-\d\d$/.test(visitTo)) return { visitTo, link, subject };
    }
  } catch {
    // Not JSON: told below.
  }
  throw new Problem('cursor-malformed', {
    detail: 'The parameter cursor must be the next of an earlier answer, or be left out.',
  });
}

function optional<Name extends string, Value>(name: Name, value: Value | undefined): { [N in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [N in Name]: Value });
}
