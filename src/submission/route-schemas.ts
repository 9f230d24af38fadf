import { COUNTED_MAX, COUNTED_USUAL } from './count-messages.ts';

/** What the routes of submission look like to their callers (OpenAPI); path and query are checked by it. */

const messageBody = {
  type: 'object',
  required: ['type', 'data'],
  properties: {
    type: { type: 'string', enum: ['enterprise-status', 'certification-change', 'validation-result'] },
    data: { type: 'object', description: 'As the schema of the type says; at most 256 KiB' },
    link: { type: 'string', description: 'May be left out where the gateway has one link' },
    txn: {
      type: 'string',
      maxLength: 128,
      description: "The back end's case number; it goes with the message",
    },
    toe: { type: 'string', format: 'date-time', description: 'When the event happened' },
    expectedVersion: {
      type: 'integer',
      minimum: 0,
      description: 'Refuse the message (409 stale-version) unless this is the last version of its subject',
    },
  },
};

const warnings = {
  type: 'array',
  items: {
    type: 'object',
    properties: { pointer: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } },
  },
};

export const submitSchema = {
  tags: ['submit'],
  summary: 'Submit one message',
  description:
    'A 202 means: durable, audited, and will be delivered, or an operator sees why not. Give an Idempotency-Key to be able to repeat the request.',
  body: messageBody,
  response: {
    202: {
      description: 'Accepted',
      type: 'object',
      properties: {
        id: { type: 'string', format: 'uuid' },
        type: { type: 'string' },
        link: { type: 'string' },
        subject: { type: 'string' },
        version: { type: 'integer' },
        state: { type: 'string', const: 'accepted' },
        acceptedAt: { type: 'string', format: 'date-time' },
        warnings,
      },
    },
  },
};

export const batchSchema = {
  tags: ['submit'],
  summary: 'Submit up to 1,000 messages',
  description:
    'Each message has a result of its own, in order; also as application/x-ndjson, one message a line.',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: { atomic: { type: 'boolean', default: false, description: 'All or none' } },
  },
  body: {
    type: 'object',
    required: ['messages'],
    properties: { messages: { type: 'array', items: messageBody } },
  },
  response: {
    200: {
      description: 'A result for each message',
      type: 'object',
      properties: {
        accepted: { type: 'integer' },
        refused: { type: 'integer' },
        results: { type: 'array', items: { type: 'object', additionalProperties: true } },
      },
    },
  },
};

const messageId = {
  type: 'object',
  properties: {
    id: { type: 'string', format: 'uuid', pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' },
  },
};

export const followSchema = {
  tags: ['submit'],
  summary: 'Where a message is on its way',
  params: messageId,
};

export const originalSchema = {
  tags: ['submit'],
  summary: 'The original SET: the compact JWS, byte for byte',
  params: messageId,
};

const instant = { type: 'string', format: 'date-time', description: 'An instant with its offset' };

const filterMembers = {
  direction: { type: 'string', enum: ['out', 'in'] },
  type: { type: 'string', maxLength: 64 },
  state: {
    type: 'string',
    enum: [
      'accepted',
      'sent',
      'delivered',
      'receipted',
      'refused',
      'parked',
      'held',
      'withdrawn',
      'received',
    ],
  },
  link: { type: 'string', maxLength: 64 },
  subject: { type: 'string', maxLength: 64, description: 'An enterprise, a validation, or gateway' },
  txn: { type: 'string', maxLength: 128 },
  since: { ...instant, description: 'Accepted or received at this instant or later' },
  until: { ...instant, description: 'Accepted or received before this instant' },
  error: { type: 'string', minLength: 1, maxLength: 200, description: 'Part of the last error' },
  q: {
    type: 'string',
    minLength: 1,
    maxLength: 200,
    description: 'A message id or its beginning (8 digits at least), a subject, a case number, or a name',
  },
  lane: { type: 'string', maxLength: 16, description: 'What waits in this lane' },
  urgent: { type: 'boolean' },
  name: {
    type: 'string',
    minLength: 1,
    maxLength: 200,
    description:
      'Words of the Latin name of the enterprise in any order, or part of the Chinese one. Of the partner’s only with Data-Purpose',
  },
};

export const listSchema = {
  tags: ['submit'],
  summary: 'Messages of both directions, newest first',
  description:
    '`name` is that of the enterprise; of the partner’s only where the request says what for (Data-Purpose).',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      ...filterMembers,
      limit: { type: 'integer', minimum: 1, maximum: 500, default: 50 },
      cursor: { type: 'string', maxLength: 256 },
    },
  },
};

export const countSchema = {
  tags: ['submit'],
  summary: 'How many messages fit, and of how many enterprises',
  description:
    'Looks at the newest 10,000, or `max`, that fit but for their state, lane and error, and, by type, direction, link or urgency alone, at the newest 50,000 there are; `more` says that there may be more.',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      ...filterMembers,
      max: { type: 'integer', minimum: 1, maximum: COUNTED_MAX, default: COUNTED_USUAL },
    },
  },
};
