/** What the routes of dead letters look like to their callers (OpenAPI); path and query are checked by it. */

const id = {
  type: 'object',
  properties: { id: { type: 'string', format: 'uuid', description: 'Id of the message' } },
};

const instant = { type: 'string', anyOf: [{ format: 'date-time' }, { format: 'date' }] };

export const listSchema = {
  tags: ['operate'],
  summary: 'Messages that wait for an operator, newest first',
  description:
    'Parked ones (retry, withdraw) and refused ones (resubmit, dismiss). `holding` counts later messages of the subject that wait behind a parked one.',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      kind: { type: 'string', enum: ['parked', 'refused'] },
      link: { type: 'string' },
      type: { type: 'string' },
      subject: { type: 'string' },
      error: { type: 'string', maxLength: 200, description: 'Part of the error' },
      name: {
        type: 'string',
        minLength: 2,
        maxLength: 200,
        description: 'Of the enterprise, in either script',
      },
      q: {
        type: 'string',
        maxLength: 200,
        description: 'A message id, a subject, a case number, or part of the error',
      },
      since: instant,
      until: instant,
      limit: { type: 'integer', minimum: 1, maximum: 500, default: 50 },
      cursor: { type: 'string', maxLength: 80 },
    },
  },
};

const { limit: _limit, cursor: _cursor, ...filterMembers } = listSchema.querystring.properties;

export const groupsSchema = {
  tags: ['operate'],
  summary: 'Messages that wait for an operator, grouped by what is wrong with them',
  querystring: { type: 'object', additionalProperties: false, properties: filterMembers },
};

export const showSchema = { tags: ['operate'], summary: 'One dead letter', params: id };

const what: Record<string, string> = {
  retry: 'Send a parked message again, with the same bytes',
  withdraw: 'Withdraw a parked message: a version-void takes its version',
  resubmit: 'Submit a refused message again as a new one, with corrected data if given',
  dismiss: 'Let a refusal rest',
};

const reason = { type: 'string', maxLength: 500, description: 'For the audit log' };

export function actSchema(action: string) {
  return {
    tags: ['operate'],
    summary: what[action] ?? action,
    params: id,
    body: {
      type: 'object',
      properties: {
        reason,
        ...(action === 'resubmit'
          ? { data: { type: 'object', description: 'Corrected data; as it was where it is left out' } }
          : {}),
      },
    },
  };
}

export function bulkSchema(action: string) {
  return {
    tags: ['operate'],
    summary: `${what[action] ?? action}: all that fit, up to 1,000`,
    description: 'Answers {matched, done, failed: [{id, problem}], more}; with dryRun nothing is done.',
    body: {
      type: 'object',
      required: ['filter', 'reason'],
      properties: {
        filter: {
          type: 'object',
          properties: {
            link: { type: 'string' },
            type: { type: 'string' },
            subject: { type: 'string' },
            error: { type: 'string' },
            name: { type: 'string' },
            q: { type: 'string' },
            since: instant,
            until: instant,
            ids: { type: 'array', items: { type: 'string', format: 'uuid' }, maxItems: 1000 },
          },
        },
        reason,
        dryRun: { type: 'boolean', default: false },
      },
    },
  };
}

export const withdrawSchema = {
  tags: ['operate'],
  summary: 'Withdraw any message that the partner has not answered',
  description: 'A version-void takes its version. 409 while a request with it may be under way.',
  params: id,
  body: { type: 'object', properties: { reason } },
};
