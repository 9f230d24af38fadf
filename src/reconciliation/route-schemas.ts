/** Runs of one page: each has few members. */
const LIMIT_MAX = 500;

export const beginSchema = {
  tags: ['operate'],
  summary: 'Reconcile both registers of a link with the partner now',
  description:
    'Begins in the background; the answer names the two runs, `own` (our records against the copy of the partner) and `partner` (our copy against its records). What differs is repaired unless `dryRun`. `release` lets a run go on that waits because too many records would be sent again.',
  body: {
    type: ['object', 'null'],
    additionalProperties: false,
    properties: { dryRun: { type: 'boolean' }, release: { type: 'boolean' } },
  },
} as const;

export const listSchema = {
  tags: ['operate'],
  summary: 'What the reconciliations with the partner showed, newest first',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      limit: { type: 'integer', minimum: 1, maximum: LIMIT_MAX, default: 50 },
      cursor: { type: 'string', maxLength: 512 },
    },
  },
} as const;
