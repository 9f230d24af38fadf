import { outcomes } from '../generated/codes.ts';

/** What the routes of the register look like to their callers (OpenAPI); path and query are checked by it. */

const link = {
  type: 'string',
  description: 'Where a gateway has several links and the subject is known on more',
};

const linkQuery = { type: 'object', additionalProperties: false, properties: { link } };

export const enterpriseSchema = {
  tags: ['register'],
  summary: 'The record of one enterprise, and how it stands',
  params: { type: 'object', properties: { id: { type: 'string', pattern: '^[A-Z]{2}[0-9A-Z]{1,17}$' } } },
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
      since: {
        type: 'string',
        pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$',
        description: 'Visits that ended on this day or later',
      },
      facility: {
        type: 'string',
        maxLength: 200,
        description: 'An identifier of the facility, or part of its name',
      },
      limit: { type: 'integer', minimum: 1, maximum: 500, default: 50 },
      cursor: { type: 'string', maxLength: 512 },
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
