import {
  type RawAnswer,
  type RawChunk,
  type RawTalk,
  type RawTalkOptions,
  talkRaw,
} from '../support/raw-http.ts';
import type { Target } from '../support/target.ts';
import type { BakedSet, Bakery } from './bake-set.ts';
import type { Body, Expectation, HttpRecipe, RawRecipe, Send } from './recipe.ts';

/** What was sent and what came of it. */
export interface Sent {
  /** The SETs of a push, in order. */
  sets: BakedSet[];
  talk: RawTalk;
  /** The only answer there should be. */
  answer: RawAnswer | undefined;
}

/** Sends a recipe over a connection of its own. */
export async function send(
  target: Target,
  bakery: Bakery,
  wanted: Send,
  expected: Pick<Expectation, 'statuses' | 'closed' | 'withinMs'> = {},
): Promise<Sent> {
  if ('raw' in wanted) return sendRaw(target, bakery, wanted.raw, expected);
  const listener = 'http' in wanted ? (wanted.http.on ?? 'exchange') : 'exchange';
  const as = 'http' in wanted ? undefined : wanted.as;
  const { sets, request } = await requestOf(target, bakery, wanted);
  const chunks = [{ bytes: bytesOf(request, listener === 'internal' ? target.internal : target.exchange) }];
  const talk = await talkRaw(target.open(listener, as), chunks, talkOptions(1, expected));
  return { sets, talk, answer: talk.answers[0] };
}

function talkOptions(
  answers: number,
  { closed, withinMs }: Pick<Expectation, 'closed' | 'withinMs'>,
): RawTalkOptions {
  return {
    answers,
    ...(closed ? { untilClosed: true } : {}),
    ...(withinMs === undefined ? {} : { timeoutMs: withinMs }),
  };
}

interface Request {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer;
}

async function requestOf(
  target: Target,
  bakery: Bakery,
  wanted: Exclude<Send, { raw: RawRecipe }>,
): Promise<{ sets: BakedSet[]; request: Request }> {
  if ('push' in wanted) {
    const sets: BakedSet[] = [];
    for (const recipe of wanted.push) sets.push(await bakery.bake(recipe));
    const members = sets.map(({ member, jws }) => `${JSON.stringify(member)}:${JSON.stringify(jws)}`);
    const body = Buffer.from(`{"sets":{${members.join(',')}}}`);
    const headers = { 'content-type': 'application/json' };
    return { sets, request: { method: 'POST', path: '/exchange/sets', headers, body } };
  }
  if ('event' in wanted) {
    const set = await bakery.bake({ type: 'verification', ...wanted.event });
    const headers = { 'content-type': 'application/secevent+jwt', accept: 'application/json' };
    const body = Buffer.from(set.jws, 'latin1');
    return { sets: [set], request: { method: 'POST', path: '/exchange/events', headers, body } };
  }
  return httpRequest(target, bakery, wanted.http);
}

async function httpRequest(
  target: Target,
  bakery: Bakery,
  { on = 'exchange', method = 'POST', path, headers = {}, body, as = 'backend' }: HttpRecipe,
): Promise<{ sets: BakedSet[]; request: Request }> {
  const set = await bakery.bake({});
  const filled = body === undefined ? Buffer.alloc(0) : bake(body, fillerOf(target, set));
  const ordinary: Record<string, string> = {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(on === 'internal' && as !== 'nobody' ? { authorization: `Bearer ${target.tokens[as]}` } : {}),
  };
  for (const [name, value] of Object.entries(headers)) {
    if (value === '$absent') delete ordinary[name];
    else ordinary[name] = fillerOf(target, set)(value);
  }
  return { sets: [set], request: { method, path, headers: ordinary, body: filled } };
}

function bytesOf({ method, path, headers, body }: Request, { host }: URL): Buffer {
  const all = { host, 'content-length': String(body.length), ...headers };
  const fields = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${fields.join('')}\r\n`, 'latin1'), body]);
}

type Filler = (text: string) => string;

function fillerOf(target: Target, set: BakedSet): Filler {
  const values: Record<string, string> = {
    $SET: set.jws,
    $JTI: set.jti,
    $HOST: target.exchange.host,
    $BACKEND: target.tokens.backend,
    $READER: target.tokens.reader,
  };
  return (text) => text.replaceAll(/\$(?:SET|JTI|HOST|BACKEND|READER)/g, (name) => values[name] ?? name);
}

function bake(body: Body, fill: Filler): Buffer {
  if (typeof body === 'string') return Buffer.from(fill(body));
  if ('hex' in body) return Buffer.from(body.hex, 'hex');
  if ('repeat' in body) return Buffer.from(fill(body.repeat).repeat(body.times));
  return Buffer.concat(body.parts.map((part) => bake(part, fill)));
}

async function sendRaw(
  target: Target,
  bakery: Bakery,
  { on = 'exchange', parts, end = false }: RawRecipe,
  expected: Pick<Expectation, 'statuses' | 'closed' | 'withinMs'>,
): Promise<Sent> {
  const set = await bakery.bake({});
  const chunks: RawChunk[] = [];
  let afterMs = 0;
  for (const part of parts) {
    if (typeof part === 'object' && 'waitMs' in part) afterMs += part.waitMs;
    else {
      chunks.push({ bytes: bake(part, fillerOf(target, set)), afterMs });
      afterMs = 0;
    }
  }
  const answers = expected.statuses?.length ?? 1;
  const talk = await talkRaw(target.open(on), chunks, { ...talkOptions(answers, expected), end });
  return { sets: [set], talk, answer: talk.answers[0] };
}
