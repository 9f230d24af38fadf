import type { FastifyInstance } from 'fastify';
import type { ReadLog } from '../../access/record-reads.ts';
import { type Party, partnerOf } from '../../contract/party.ts';
import { regimes, statuses } from '../../generated/codes.ts';
import { Problem } from '../../http/problem.ts';
import type { Link } from '../../links/link.ts';
import type { Database } from '../../store/database.ts';
import { askedLink } from '../asked-link.ts';
import { enterpriseAnswer } from '../enterprise-answer.ts';
import { noteRead } from '../note-read.ts';
import { cursorOf, placeOf } from '../page-cursor.ts';
import { isCalendarDay, readTimeOf, type TimeQuery, timeQuerySchema } from '../read-time.ts';
import { findEnterprises, isByReview, type SearchPlace, type Shelf } from './find-enterprises.ts';
import { NameTooShort, type SearchFilter } from './search-filter.ts';

export interface SearchRouteParts {
  database: Database;
  party: Party;
  links: ReadonlyMap<string, Pick<Link, 'id' | 'partner'>>;
  reads: ReadLog;
}

interface SearchQuery extends TimeQuery, Omit<SearchFilter, 'grade'> {
  link?: string;
  party?: Party;
  class?: string;
  tier?: string;
  limit: number;
  cursor?: string;
}

/** Enterprises of both registers, by who they are and how they stand. */
export function addSearchRoutes(app: FastifyInstance, parts: SearchRouteParts): void {
  app.get<{ Querystring: SearchQuery }>(
    '/v1/enterprises',
    { config: { scope: 'register:read', purpose: true, link: 'route' }, schema: searchSchema },
    async (request) => {
      const { link, party, class: grade, tier, limit, cursor, on, asOf, ...identity } = request.query;
      if (grade !== undefined && tier !== undefined) throw new Problem('malformed', { detail: EITHER });
      const shelves = shelvesOf(
        parts,
        askedLink(request, link),
        grade ? 'CN' : tier ? 'US' : undefined,
        party,
      );
      const filter: SearchFilter = {
        ...identity,
        ...((grade ?? tier) ? { grade: grade ?? tier ?? '' } : {}),
      };
      const time = readTimeOf({
        ...(on === undefined ? {} : { on }),
        ...(asOf === undefined ? {} : { asOf }),
      });
      const page = {
        limit,
        after: cursor === undefined ? undefined : searchPlaceOf(cursor, isByReview(filter, time)),
      };
      const { records, next } = await findEnterprises(parts.database, shelves, filter, time, page).catch(
        (error: unknown) => {
          throw error instanceof NameTooShort ? new Problem('malformed', { detail: TOO_SHORT }) : error;
        },
      );
      const partners = records.filter((record) => record.party !== parts.party).map(({ id }) => id);
      noteRead(parts.reads, request, 'enterprises', partners);
      return {
        items: records.map(enterpriseAnswer),
        next: next ? cursorOf([next.link, next.party, next.at, next.subject]) : null,
      };
    },
  );
}

const EITHER = 'Ask for a class (Chinese enterprises) or a tier (US enterprises), not for both.';
const TOO_SHORT = 'name must have two characters at least, punctuation aside.';

/** What each side states on each link, the partner's first: that is what is usually looked for. */
function shelvesOf(
  { links, party: own }: SearchRouteParts,
  link: string | undefined,
  byGrade: Party | undefined,
  asked: Party | undefined,
): Shelf[] {
  const all = [...links.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  if (link !== undefined && !links.has(link))
    throw new Problem('link-unknown', {
      detail: `There is no link ${link}. There are: ${all.map(({ id }) => id).join(', ')}.`,
    });
  return all
    .filter(({ id }) => link === undefined || id === link)
    .flatMap(({ id, partner }) =>
      [partner, partner === own ? partnerOf(own) : own].map((party) => ({ link: id, party })),
    )
    .filter(({ party }) => (asked ?? party) === party && (byGrade ?? party) === party);
}

/** A cursor of a search in another order is none of this one's. */
function searchPlaceOf(cursor: string, byReview: boolean): SearchPlace {
  const [link = '', party, at = '', subject = ''] = placeOf(cursor, [
    'string',
    'string',
    'string',
    'string',
  ]) as string[];
  const fits = at === '' || (byReview ? isCalendarDay(at) : isHash(at));
  if ((party === 'CN' || party === 'US') && fits) return { link, party, at, subject };
  throw new Problem('cursor-malformed', {
    detail: 'The parameter cursor must be the next of an earlier answer to the same search, or be left out.',
  });
}

/** A whole number of 64 bits. */
function isHash(text: string): boolean {
  return /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
}

const day = { type: 'string', pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$' };

const searchSchema = {
  tags: ['register'],
  summary: 'Enterprises by identifier, name, place, standing and next review',
  description:
    'Everything given must hold. By date where a review date is asked for, else in a fixed order without meaning. With `on` or `asOf` a page may hold fewer than `limit`: go on while `next` is not null.',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      identifier: {
        type: 'string',
        minLength: 1,
        maxLength: 64,
        description: 'Of any scheme, hyphens or not',
      },
      name: {
        type: 'string',
        minLength: 1,
        maxLength: 200,
        description:
          'Words of the Latin name in any order, or part of the Chinese name, simplified or traditional',
      },
      place: {
        type: 'string',
        minLength: 1,
        maxLength: 100,
        description: 'City, subdivision or postal code',
      },
      class: { type: 'string', maxLength: 40, description: 'Of Chinese enterprises' },
      tier: { type: 'string', maxLength: 40, description: 'Of US enterprises' },
      regime: { type: 'string', enum: regimes.map(({ code }) => code) },
      status: { type: 'string', enum: statuses.map(({ code }) => code) },
      reviewFrom: { ...day, description: 'Next review due on this day or later' },
      reviewUntil: { ...day, description: 'Next review due on this day or earlier' },
      party: { type: 'string', enum: ['CN', 'US'] },
      link: { type: 'string' },
      limit: { type: 'integer', minimum: 1, maximum: 500, default: 50 },
      cursor: { type: 'string', maxLength: 512 },
      ...timeQuerySchema,
    },
  },
};
