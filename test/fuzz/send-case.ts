import { createSecureContext } from 'node:tls';
import { Agent, type Dispatcher, errors } from 'undici';
import type { BakedSet, Bakery } from '../hostile/bake-set.ts';
import { talkRaw } from '../support/raw-http.ts';
import type { Target } from '../support/target.ts';
import type { FuzzCase, TokenKind } from './cases.ts';
import { changeBytes } from './change-bytes.ts';
import { isBelieved, type Refusal, stepOfRequest, stepOfSet } from './steps.ts';
import type { Outcome } from './tally.ts';

/** Accepted messages that later cases come back to. */
const REMEMBERED_MAX = 2_000;
const CONNECTIONS = 24;

interface Answer {
  status: number | 'closed';
  body: string;
}

interface PushAnswer {
  ack: string[];
  setErrs: Record<string, Refusal>;
}

/** Sends cases to a gateway and judges what comes back. */
export class Sender implements AsyncDisposable {
  readonly #target: Target;
  readonly #bakery: Bakery;
  readonly #partner: Agent;
  readonly #stranger: Agent;
  readonly #accepted: BakedSet[] = [];

  constructor(target: Target, bakery: Bakery) {
    this.#target = target;
    this.#bakery = bakery;
    const agent = (as: 'cn-gacc' | 'stranger', connections: number) => {
      const tls = target.clientTls(as);
      // Made once: hostile requests cost their connection, and each new one would read keys and certificates again.
      const connect = tls ? { secureContext: createSecureContext({ minVersion: 'TLSv1.3', ...tls }) } : {};
      return new Agent({ connections, connect, keepAliveTimeout: 20_000 });
    };
    this.#partner = agent('cn-gacc', CONNECTIONS);
    this.#stranger = agent('stranger', 2);
  }

  async send(wanted: FuzzCase): Promise<Outcome> {
    switch (wanted.kind) {
      case 'push':
        return this.#push(await Promise.all(wanted.sets.map((recipe) => this.#bakery.bake(recipe))), wanted);
      case 'again':
        return this.#push([await this.#again(wanted)], {});
      case 'stranger':
        return this.#push([{ ...(await this.#bakery.bake(wanted.set)), genuine: false }], {
          by: this.#stranger,
        });
      case 'event':
        return this.#event(wanted);
      case 'poll':
        return this.#plain('/exchange/poll', Buffer.from(wanted.body));
      case 'ledger':
        return this.#plain(wanted.path, Buffer.from(wanted.body));
      case 'submit':
        return this.#submit(wanted);
      case 'ask':
        return this.#internal('GET', wanted.path, wanted.token, wanted.headers);
      case 'bytes':
        return this.#bytes(wanted);
    }
  }

  async #again({ how, pick }: Extract<FuzzCase, { kind: 'again' }>): Promise<BakedSet> {
    const earlier = this.#accepted[Math.floor(pick * this.#accepted.length)];
    if (!earlier) return this.#bakery.bake({});
    if (how === 'same') return earlier;
    const { subject } = earlier;
    const type = subject.startsWith('JV-') ? 'validation-result' : 'enterprise-status';
    const claims = how === 'jti' ? { jti: earlier.jti } : {};
    return this.#bakery.bake({ type, subject, claims });
  }

  async #push(
    sets: readonly BakedSet[],
    {
      changes = [],
      headers = {},
      by = this.#partner,
    }: {
      changes?: Extract<FuzzCase, { kind: 'push' }>['changes'];
      headers?: Record<string, string>;
      by?: Agent;
    },
  ): Promise<Outcome> {
    const members = sets.map(({ member, jws }) => `${JSON.stringify(member)}:${JSON.stringify(jws)}`);
    const body = changeBytes(Buffer.from(`{"sets":{${members.join(',')}}}`), changes ?? []);
    const answer = await this.#exchange(
      '/exchange/sets',
      body,
      { 'content-type': 'application/json', ...headers },
      by,
    );
    if (answer.status !== 202) return refusedOutcome(answer);
    const sent = setsIn(body);
    const genuine = new Map(sets.filter((set) => set.genuine).map((set) => [set.jws, set]));
    return this.#judge(JSON.parse(answer.body) as PushAnswer, sent, genuine);
  }

  #judge(
    { ack, setErrs }: PushAnswer,
    sent: ReadonlyMap<string, string>,
    genuine: ReadonlyMap<string, BakedSet>,
  ): Outcome {
    const refused = Object.entries(setErrs).map(([name, refusal]) => ({ name, step: stepOfSet(refusal) }));
    const believed = [...ack, ...refused.filter(({ step }) => isBelieved(step)).map(({ name }) => name)];
    const forged = believed.some((name) => !genuine.has(sent.get(name) ?? ''));
    const reached = ack.map((name) => this.#remember(genuine.get(sent.get(name) ?? '')));
    return { status: 202, reached: [...reached, ...refused.map(({ step }) => step)], forged };
  }

  #remember(set: BakedSet | undefined): 'accepted' | 'known' {
    if (!set) return 'accepted';
    if (this.#accepted.includes(set)) return 'known';
    if (this.#accepted.length < REMEMBERED_MAX) this.#accepted.push(set);
    else this.#accepted[Math.floor(Math.random() * REMEMBERED_MAX)] = set;
    return 'accepted';
  }

  async #event({ set, changes = [] }: Extract<FuzzCase, { kind: 'event' }>): Promise<Outcome> {
    const { jws, genuine } = await this.#bakery.bake({ ...set, type: 'verification' });
    const body = changeBytes(Buffer.from(jws, 'latin1'), changes);
    const headers = { 'content-type': 'application/secevent+jwt', accept: 'application/json' };
    const answer = await this.#exchange('/exchange/events', body, headers, this.#partner);
    if (answer.status !== 202) return refusedOutcome(answer);
    return { status: 202, reached: ['accepted'], forged: !genuine || body.toString('latin1') !== jws };
  }

  async #plain(path: string, body: Buffer): Promise<Outcome> {
    const answer = await this.#exchange(path, body, { 'content-type': 'application/json' }, this.#partner);
    return { status: answer.status, reached: [], forged: false };
  }

  #exchange(path: string, body: Buffer, headers: Record<string, string>, by: Agent): Promise<Answer> {
    return ask(by, { origin: this.#target.exchange.origin, method: 'POST', path, headers, body });
  }

  #submit({ path, body, changes, token, lines }: Extract<FuzzCase, { kind: 'submit' }>): Promise<Outcome> {
    const batch = path.endsWith('/batch');
    const asLines = batch && lines;
    const text = batch && !asLines ? `{"messages":[${body},${body}]}` : asLines ? `${body}\n${body}` : body;
    const type = asLines ? 'application/x-ndjson' : 'application/json';
    return this.#internal(
      'POST',
      path,
      token,
      { 'content-type': type },
      changeBytes(Buffer.from(text), changes),
    );
  }

  async #internal(
    method: 'GET' | 'POST',
    path: string,
    token: TokenKind,
    headers: Record<string, string>,
    body: Buffer | null = null,
  ): Promise<Outcome> {
    const authorization = this.#authorization(token);
    const all = authorization === undefined ? headers : { ...headers, authorization };
    const answer = await ask(this.#partner, {
      origin: this.#target.internal.origin,
      method,
      path,
      headers: all,
      body,
    });
    const done = typeof answer.status === 'number' && answer.status < 300;
    return {
      status: answer.status,
      reached: ['back-end'],
      forged: done && ['changed', 'none', 'jwt'].includes(token),
    };
  }

  #authorization(kind: TokenKind): string | undefined {
    const { backend, auditor } = this.#target.tokens;
    switch (kind) {
      case 'right':
        return `Bearer ${backend}`;
      case 'wrong-role':
        return `Bearer ${auditor}`;
      case 'changed':
        return `Bearer ${backend.slice(0, -1)}${backend.endsWith('A') ? 'B' : 'A'}`;
      case 'jwt':
        return 'Bearer eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.eyJzdWIiOiJhIiwic2NvcGUiOiJvcGVyYXRlIn0.';
      case 'none':
        return undefined;
    }
  }

  async #bytes({ text, changes }: Extract<FuzzCase, { kind: 'bytes' }>): Promise<Outcome> {
    const bytes = changeBytes(Buffer.from(text, 'latin1'), changes);
    const talk = await talkRaw(this.#target.open('exchange'), [{ bytes }], {
      answers: 1,
      timeoutMs: 300,
      end: true,
    });
    return { status: talk.answers[0]?.status ?? 'closed', reached: [], forged: false };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#partner.destroy(), this.#stranger.destroy()]);
  }
}

function refusedOutcome({ status, body }: Answer): Outcome {
  const step =
    typeof status === 'number' && status < 500 ? stepOfRequest(status, parse(body) as Refusal) : undefined;
  return { status, reached: step === undefined ? [] : [step], forged: false };
}

/** The SETs that a body holds, read as the gateway reads it where it reads it at all. */
function setsIn(body: Buffer): ReadonlyMap<string, string> {
  const { sets } = (parse(body.toString('utf8')) ?? {}) as { sets?: Record<string, string> };
  return new Map(Object.entries(sets ?? {}));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { err: 'invalid_request', description: '' };
  }
}

async function ask(agent: Agent, request: Dispatcher.RequestOptions & { origin: string }): Promise<Answer> {
  try {
    const { statusCode, body } = await agent.request(request);
    return { status: statusCode, body: await body.text() };
  } catch (error) {
    // The answer to a body that is too long may be lost when the connection is closed under it.
    if (error instanceof errors.SocketError || (error instanceof Error && 'code' in error))
      return { status: 'closed', body: '' };
    throw error;
  }
}
