import {
  ACKS_MAX,
  ERRORS_KEPT,
  SETS_MAX,
  STREAM_NAME,
  STREAM_NAME_LENGTH_MAX,
  STREAM_TYPES,
} from './stream.ts';

const params = {
  type: 'object',
  properties: {
    name: { type: 'string', pattern: STREAM_NAME.source, maxLength: STREAM_NAME_LENGTH_MAX },
  },
};

export function schemaOf(summary: string) {
  return { tags: ['pull'], summary, params };
}

const place = {
  type: 'string',
  description: '`beginning`, `now`, or an instant: what was received then or later',
};

export const defineSchema = {
  ...schemaOf('Make a stream, or change what it is about; an existing one keeps its place'),
  body: {
    type: 'object',
    additionalProperties: false,
    properties: {
      link: { type: 'string', description: 'May be left out where there is one' },
      types: { type: 'array', items: { type: 'string', enum: STREAM_TYPES }, description: 'All unless told' },
      from: { ...place, default: 'beginning' },
    },
  },
};

export const seekSchema = {
  ...schemaOf('Go back, or on, to another place; everything from there on is sent again'),
  body: { type: 'object', additionalProperties: false, required: ['to'], properties: { to: place } },
};

export const pollSchema = {
  ...schemaOf('Poll for SETs (RFC 8936), and acknowledge those of the polls before'),
  description: 'SETs are the original ones, as the partner signed them. Not acknowledged: sent again.',
  body: {
    type: 'object',
    properties: {
      maxEvents: {
        type: 'integer',
        minimum: 0,
        default: SETS_MAX,
        description: `At most ${SETS_MAX} SETs or 4 MiB an answer; 0: only acknowledge`,
      },
      returnImmediately: {
        type: 'boolean',
        default: false,
        description: 'Do not wait (up to 30 s) for a SET',
      },
      ack: { type: 'array', maxItems: ACKS_MAX, items: { type: 'string' } },
      setErrs: {
        type: 'object',
        additionalProperties: {
          type: 'object',
          required: ['err'],
          properties: { err: { type: 'string' }, description: { type: 'string' } },
        },
      },
    },
  },
  response: {
    200: {
      description: 'SETs by jti',
      type: 'object',
      properties: {
        sets: { type: 'object', additionalProperties: { type: 'string' } },
        moreAvailable: { type: 'boolean' },
      },
    },
  },
};

export const errorsSchema = {
  ...schemaOf('What the consumer could not process, latest first'),
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: { limit: { type: 'integer', minimum: 1, maximum: ERRORS_KEPT, default: 100 } },
  },
};
