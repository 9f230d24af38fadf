import { outcomes } from '../generated/codes.ts';
import { timeQuerySchema } from './read-time.ts';

/** What the routes of the register look like to their callers (OpenAPI); path and query are checked by it. */

const link = {
  type: 'string',
  description: 'Where a gateway has several links and the subject is known on more',
};

const day = { type: 'string', pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$' };
const limit = { type: 'integer', minimum: 1, maximum: 500, default: 50 };
const cursor = { type: 'string', maxLength: 512 };

const linkQuery = {
  type: 'object',
  additionalProperties: false,
  properties: { link, ...timeQuerySchema },
};

const enterpriseParams = {
  type: 'object',
  properties: { id: { type: 'string', pattern: '^[A-Z]{2}[0-9A-Z]{1,17}$' } },
};

export const enterpriseSchema = {
  tags: ['register'],
  summary: 'The record of one enterprise, and how it stands',
  params: enterpriseParams,
  querystring: linkQuery,
};

export const validationsSchema = {
  tags: ['register'],
  summary: 'Validation results, newest visit first',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      link,
      round: { type: 'string', maxLength: 64 },
      outcome: { type: 'string', enum: outcomes.map((o) => o.code) },
      since: { ...day, description: 'Visits that ended on this day or later' },
      facility: {
        type: 'string',
        maxLength: 200,
        description: 'An identifier of the facility, or part of its name',
      },
      limit,
      cursor,
      ...timeQuerySchema,
    },
  },
};

export const roundSchema = {
  tags: ['register'],
  summary: 'One round of validations in figures',
  description: '`passed` counts passed and passed-with-actions; `passedWithActions` is the part of it.',
  params: { type: 'object', properties: { round: { type: 'string', maxLength: 64 } } },
  querystring: linkQuery,
};

export const historySchema = {
  tags: ['register'],
  summary: 'What happened to an enterprise, step by step, oldest first, with the message behind each step',
  description: 'A correction stands at the version that it corrects. `on`: the steps in effect by that day.',
  params: enterpriseParams,
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: { link, limit: { ...limit, default: 200 }, cursor, ...timeQuerySchema },
  },
};

export const roundsSchema = {
  tags: ['register'],
  summary: 'Every round of validations in figures, the latest first',
  querystring: linkQuery,
};

export const actionsSchema = {
  tags: ['register'],
  summary: 'Corrective actions of validations, the soonest due first',
  description:
    'Those not closed, unless a status is asked for. An action is closed once a later validation of the same facility finds its criterion met.',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      link,
      status: { type: 'string', enum: ['open', 'overdue', 'closed'] },
      round: { type: 'string', maxLength: 64 },
      dueUntil: { ...day, description: 'Due on this day or earlier' },
      limit,
      cursor,
      ...timeQuerySchema,
    },
  },
};
