import type { FastifyInstance } from 'fastify';
import { principalOf } from '../../http/authenticate.ts';
import type { Database } from '../../store/database.ts';
import { bodyOf, required, textOf } from '../dead-letters/read-request.ts';
import { leaveNote, listNotes, NOTE_LENGTH_MAX } from './operator-notes.ts';

const config = { scope: 'operate', link: 'none' } as const;

/** Notes for the next shift. */
export function addNoteRoutes(app: FastifyInstance, database: Database): void {
  app.get<{ Querystring: { limit: number; cursor?: string } }>(
    '/v1/ops/notes',
    { config, schema: listSchema },
    async ({ query: { limit, cursor } }) => {
      const items = await listNotes(database, { limit, before: cursor });
      return { items, next: items.length === limit ? (items.at(-1)?.id ?? null) : null };
    },
  );

  app.post('/v1/ops/notes', { config, schema: leaveSchema }, async (request, reply) => {
    const body = bodyOf(request, ['text', 'alert']);
    const text = required(textOf(body, 'text', NOTE_LENGTH_MAX), 'text');
    const alert = textOf(body, 'alert', 100) ?? null;
    const note = { by: principalOf(request).name, text, alert, now: new Date() };
    return reply.code(201).send(await leaveNote(database, note));
  });
}

const listSchema = {
  tags: ['operate'],
  summary: 'Notes that operators left for each other, newest first',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      limit: { type: 'integer', minimum: 1, maximum: 500, default: 50 },
      cursor: { type: 'string', format: 'uuid' },
    },
  },
};

const leaveSchema = {
  tags: ['operate'],
  summary: 'Leave a note for the next shift',
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['text'],
    properties: {
      text: { type: 'string', minLength: 1, maxLength: NOTE_LENGTH_MAX },
      alert: { type: 'string', maxLength: 100, description: 'Id of the alert that it is about' },
    },
  },
};
