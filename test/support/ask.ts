import { request } from 'undici';
import type { ProblemDocument } from '../../src/http/problem.ts';

export interface Asked {
  method?: 'GET' | 'POST';
  path: string;
  token?: string;
  headers?: Record<string, string>;
  /** Sent as it is when it is text, else as JSON. */
  body?: unknown;
}

export interface Answered<T = ProblemDocument> {
  status: number;
  type: string;
  headers: Record<string, string | string[] | undefined>;
  body: T;
  text: string;
}

/** One request to a listener, and its whole answer whatever the status. */
export async function ask<T = ProblemDocument>(base: string, asked: Asked): Promise<Answered<T>> {
  const { method = 'POST', path, token, headers, body } = asked;
  const answer = await request(new URL(path, base), {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.body.text();
  const type = String(answer.headers['content-type'] ?? '');
  const parsed = type.includes('json') ? JSON.parse(text) : undefined;
  return { status: answer.statusCode, type, headers: answer.headers, body: parsed as T, text };
}
