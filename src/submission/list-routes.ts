import type { FastifyInstance } from 'fastify';
import { Problem } from '../http/problem.ts';
import type { Database } from '../store/database.ts';
import { listMessages, type MessageFilter, type MessagePlace } from './list-messages.ts';
import { listSchema } from './route-schemas.ts';

interface ListQuery extends Omit<MessageFilter, 'since' | 'until' | 'after'> {
  since?: string;
  until?: string;
  cursor?: string;
}

/** `GET /v1/messages`: what went out and came in, searched and filtered. */
export function addMessageList(app: FastifyInstance, database: Database): void {
  app.get<{ Querystring: ListQuery }>(
    '/v1/messages',
    { config: { scope: 'messages:read', link: 'query' }, schema: listSchema },
    async (request) => {
      const { since, until, cursor, ...rest } = request.query;
      const items = await listMessages(database, {
        ...rest,
        ...(since === undefined ? {} : { since: new Date(since) }),
        ...(until === undefined ? {} : { until: new Date(until) }),
        ...(cursor === undefined ? {} : { after: placeOf(cursor) }),
      });
      const last = items.at(-1);
      return { items, next: last && items.length === rest.limit ? cursorOf(last) : null };
    },
  );
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
