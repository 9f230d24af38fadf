import { benefits, recognitionReasons, statuses } from '../generated/codes.ts';
import { timeQuerySchema } from '../register/read-time.ts';
import { IDS_MAX } from './read-question.ts';

const id = { type: 'string', pattern: '^[A-Z]{2}[0-9A-Z]{1,17}$' };
const link = { type: 'string', description: 'Where an enterprise is known on several links' };
const text = { type: ['string', 'null'] };

const answer = {
  type: 'object',
  required: ['id', 'recognised', 'reason', 'status', 'since', 'on', 'benefits', 'basis', 'asOf'],
  properties: {
    id,
    link: text,
    recognised: { type: 'boolean' },
    reason: { type: 'string', enum: recognitionReasons.map(({ code }) => code) },
    regime: text,
    class: { ...text, description: 'Of a Chinese enterprise' },
    tier: { ...text, description: 'Of a US enterprise' },
    status: { type: ['string', 'null'], enum: [...statuses.map(({ code }) => code), null] },
    since: { ...text, description: 'The day since which class or tier and status stand together' },
    on: { type: 'string', description: 'The day that the answer is about' },
    benefits: { type: 'array', items: { type: 'string', enum: benefits.map(({ code }) => code) } },
    basis: {
      type: 'array',
      items: { type: 'string' },
      description: 'Ids of the messages that the answer rests on',
    },
    asOf: {
      type: ['string', 'null'],
      description: "How old the register behind it is: when the enterprise's administration was last heard",
    },
  },
};

export const recognitionSchema = {
  tags: ['register'],
  summary: 'Does this operator get benefits today, or on a day, and if not, why?',
  description:
    'Answered from this side: it works while the partner is away, and `asOf` says how old that is.',
  params: { type: 'object', properties: { id } },
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: { link, ...timeQuerySchema },
  },
  response: { 200: { description: 'The answer', ...answer } },
};

export const recognitionsSchema = {
  tags: ['register'],
  summary: 'The same for many operators at once',
  body: {
    type: 'object',
    required: ['ids'],
    additionalProperties: false,
    properties: {
      ids: { type: 'array', minItems: 1, maxItems: IDS_MAX, items: id },
      link,
      ...timeQuerySchema,
    },
  },
  response: {
    200: {
      description: 'An answer for each id, in order',
      type: 'object',
      required: ['items'],
      properties: { items: { type: 'array', items: answer } },
    },
  },
};
