import { setTimeout as delay } from 'node:timers/promises';
import { Agent, type Dispatcher } from 'undici';
import { DemoError } from './demo-error.ts';

/** A gateway answered a request of the demo with an error, or did not answer. */
export class GatewayAnswerError extends DemoError {
  readonly status: number;

  constructor(request: string, status: number, problem: unknown) {
    super('gateway-answer', `${request} was answered ${status}: ${sentenceOf(problem)}`);
    this.status = status;
  }
}

function sentenceOf(problem: unknown): string {
  if (typeof problem !== 'object' || problem === null) return String(problem).slice(0, 200);
  const { title, detail } = problem as { title?: string; detail?: string };
  return detail ?? title ?? JSON.stringify(problem).slice(0, 200);
}

/** Long polls last 30 s; a gateway under load answers late but not never. */
const ANSWER_TIMEOUT_MS = 120_000;

/** 429 and 503 say when to come again; after so many times the demo gives up. */
const RETRIES_MAX = 30;

/**
 * What a program needs of a gateway's internal listener: JSON over connections that are kept. Tokens are
 * given per request and never printed.
 */
export class GatewayClient implements AsyncDisposable {
  readonly base: string;
  readonly #agent: Agent;

  constructor(base: string, connections = 8) {
    this.base = base;
    this.#agent = new Agent({ connections, keepAliveTimeout: 30_000, headersTimeout: ANSWER_TIMEOUT_MS });
  }

  get<T>(path: string, token: string): Promise<T> {
    return this.#ask<T>('GET', path, token);
  }

  /** Undefined where there is no such thing (404). */
  async find<T>(path: string, token: string): Promise<T | undefined> {
    try {
      return await this.get<T>(path, token);
    } catch (error) {
      if (error instanceof GatewayAnswerError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** @param body sent as it is when it is text, else as JSON */
  post<T>(path: string, token: string, body: unknown, idempotencyKey?: string): Promise<T> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return this.#ask<T>('POST', path, token, text, idempotencyKey);
  }

  /** Whether the path answers 2xx at all; a gateway that is not up yet is no error. */
  async answers(path: string): Promise<boolean> {
    try {
      const { statusCode, body } = await this.#agent.request({ origin: this.base, path, method: 'GET' });
      await body.dump();
      return statusCode >= 200 && statusCode < 300;
    } catch {
      return false;
    }
  }

  async #ask<T>(
    method: 'GET' | 'POST',
    path: string,
    token: string,
    body?: string,
    key?: string,
  ): Promise<T> {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    };
    for (let attempt = 1; ; attempt++) {
      const request: Dispatcher.RequestOptions = {
        origin: this.base,
        path,
        method,
        headers,
        ...(body === undefined ? {} : { body }),
      };
      const answer = await this.#agent.request(request);
      const text = await answer.body.text();
      if (answer.statusCode >= 200 && answer.statusCode < 300)
        return (text === '' ? undefined : JSON.parse(text)) as T;
      const busy = answer.statusCode === 429 || answer.statusCode === 503;
      if (!busy || attempt >= RETRIES_MAX) {
        throw new GatewayAnswerError(`${method} ${path}`, answer.statusCode, readProblem(text));
      }
      await delay(1000 * Math.max(1, Number(answer.headers['retry-after']) || 1));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }
}

function readProblem(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
