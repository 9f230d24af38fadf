import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ReadLog } from '../access/record-reads.ts';
import type { Party } from '../contract/party.ts';
import { principalOf } from '../http/authenticate.ts';
import { Problem } from '../http/problem.ts';
import { NameTooShort } from '../register/search/search-filter.ts';
import type { Database } from '../store/database.ts';
import { COUNTED_USUAL, countMessages } from './count-messages.ts';
import { listMessages, type MessageFilter, type MessagePlace } from './list-messages.ts';
import { countSchema, listSchema } from './route-schemas.ts';

interface ListQuery extends Omit<MessageFilter, 'since' | 'until' | 'after' | 'namesOf'> {
  since?: string;
  until?: string;
  cursor?: string;
}

export interface ListRouteParts {
  database: Database;
  party: Party;
  reads: Pick<ReadLog, 'record'>;
}

/**
 * `GET /v1/messages`: what went out and came in, searched and filtered; `GET /v1/messages/count`: how many. Names of the
 * partner's enterprises are partner data: they are told, and searched by, where the request says what for.
 */
export function addMessageList(app: FastifyInstance, { database, party, reads }: ListRouteParts): void {
  const config = { scope: 'messages:read', link: 'query' } as const;

  app.get<{ Querystring: ListQuery }>('/v1/messages', { config, schema: listSchema }, async (request) => {
    const filter = filterOf(request, party);
    const items = await explained(listMessages(database, filter, party));
    if (request.purpose) {
      const ids = items.flatMap(({ direction, name, subject }) =>
        direction === 'in' && name ? [subject] : [],
      );
      const what = 'message-names';
      if (ids.length > 0)
        reads.record({ principal: principalOf(request).name, purpose: request.purpose, what, ids });
    }
    const last = items.at(-1);
    return { items, next: last && items.length === filter.limit ? cursorOf(last) : null };
  });

  app.get<{ Querystring: ListQuery & { max?: number } }>(
    '/v1/messages/count',
    { config, schema: countSchema },
    async (request) => {
      const { max = COUNTED_USUAL } = request.query;
      return explained(countMessages(database, filterOf(request, party), max));
    },
  );
}

function filterOf(request: FastifyRequest<{ Querystring: ListQuery }>, party: Party): MessageFilter {
  const { since, until, cursor, ...rest } = request.query;
  return {
    ...rest,
    ...(since === undefined ? {} : { since: new Date(since) }),
    ...(until === undefined ? {} : { until: new Date(until) }),
    ...(cursor === undefined ? {} : { after: placeOf(cursor) }),
    ...(request.purpose ? {} : { namesOf: party }),
  };
}

async function explained<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    if (!(error instanceof NameTooShort)) throw error;
    throw new Problem('malformed', {
      detail: 'name must have two characters at least, punctuation aside.',
      cause: error,
    });
  });
}

function cursorOf({ id, link, direction }: MessagePlace): string {
  return Buffer.from([id, direction, link].join(' ')).toString('base64url');
}

const CURSOR = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) (in|out) (\S+)$/;

function placeOf(cursor: string): MessagePlace {
  const [, id, direction, link] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (id === undefined || direction === undefined || link === undefined) {
    throw new Problem('cursor-malformed', {
      detail: 'The parameter cursor must be the next of an earlier answer, or be left out.',
    });
  }
  return { id, direction, link };
}
