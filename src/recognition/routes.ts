import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ReadLog } from '../access/record-reads.ts';
import { partyOf } from '../contract/party.ts';
import { Problem } from '../http/problem.ts';
import { askedLink } from '../register/asked-link.ts';
import { noteRead } from '../register/note-read.ts';
import { readTimeOf, type TimeQuery } from '../register/read-time.ts';
import { IDS_MAX, readQuestion } from './read-question.ts';
import {
  AmbiguousLink,
  type Recognition,
  type RecognitionParts,
  RecognitionToday,
  recognise,
} from './recognise.ts';
import { recognitionSchema, recognitionsSchema } from './route-schemas.ts';

export interface RecognitionRouteParts extends RecognitionParts {
  reads: ReadLog;
}

/** 1,000 of the longest ids with their quotes are 23 kB. */
const QUESTION_BYTES_MAX = 32 * IDS_MAX;

/** The question of the front line: does this operator get benefits today, or on a day, and if not, why? */
export function addRecognitionRoutes(app: FastifyInstance, parts: RecognitionRouteParts): void {
  const today = new RecognitionToday(parts);

  app.get<{ Params: { id: string }; Querystring: TimeQuery & { link?: string } }>(
    '/v1/recognition/:id',
    { config: { scope: 'register:read', purpose: true, link: 'route' }, schema: recognitionSchema },
    async (request) => {
      const { id } = request.params;
      const { on, asOf, link } = request.query;
      if (on !== undefined || asOf !== undefined || askedLink(request, link) !== undefined)
        return (await answerAll(parts, request, [id], request.query))[0];
      const answer = await today.ask(id).catch(asProblem);
      note(parts, request, [id]);
      return answer;
    },
  );

  app.post(
    '/v1/recognition',
    {
      bodyLimit: QUESTION_BYTES_MAX,
      config: { scope: 'register:read', purpose: true, link: 'route' },
      schema: recognitionsSchema,
    },
    async (request) => {
      const question = readQuestion(request.body);
      return { items: await answerAll(parts, request, question.ids, question) };
    },
  );
}

async function answerAll(
  parts: RecognitionRouteParts,
  request: FastifyRequest,
  ids: readonly string[],
  asked: TimeQuery & { link?: string },
): Promise<Recognition[]> {
  const link = askedLink(request, asked.link);
  if (link !== undefined && !parts.links.has(link)) {
    const known = [...parts.links.keys()].join(', ');
    throw new Problem('link-unknown', { detail: `There is no link ${link}. There are: ${known}.` });
  }
  const answers = await recognise(parts, ids, readTimeOf(asked), link).catch(asProblem);
  note(parts, request, ids);
  return answers;
}

function asProblem(error: unknown): never {
  throw error instanceof AmbiguousLink ? new Problem('link-missing', { detail: error.message }) : error;
}

/** Questions about one's own enterprises are no reads of partner data. */
function note(parts: RecognitionRouteParts, request: FastifyRequest, ids: readonly string[]): void {
  const partners = ids.filter((id) => partyOf(id) !== parts.party);
  noteRead(parts.reads, request, 'recognition', partners);
}
