import { type Query, queryText } from '../router.tsx';
import { isAttended } from './attendance.ts';
import { problemOf, unreachable } from './problem.ts';
import { purposeOfReading } from './purpose.ts';
import { currentSession, sessionOver } from './session.ts';

export interface CallOptions {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
}

/** Asks the gateway. @throws ApiProblem, or what the signal was aborted with */
export async function ask(method: string, path: string, options: CallOptions = {}): Promise<Response> {
  const { query, body, signal } = options;
  const session = currentSession();
  const response = await fetch(path + queryText(query ?? {}), {
    method,
    ...(signal ? { signal } : {}),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(session && method !== 'GET' ? { 'x-csrf-token': session.csrf } : {}),
      ...(isAttended() ? {} : { 'mra-unattended': '1' }),
      'data-purpose': session?.purpose ?? purposeOfReading(),
    },
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw unreachable();
  });
  if (response.ok) return response;
  if (response.status === 401) sessionOver();
  throw await problemOf(response);
}

export async function get<T>(path: string, options?: CallOptions): Promise<T> {
  return (await (await ask('GET', path, options)).json()) as T;
}

export async function getText(path: string, options?: CallOptions): Promise<string> {
  return (await ask('GET', path, options)).text();
}

/** Changes something. @returns undefined where the answer has no body */
export async function send<T>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  options?: CallOptions,
): Promise<T> {
  const response = await ask(method, path, options);
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** Gives the bytes of an answer to the person as a file. @throws ApiProblem */
export async function download(path: string, name: string, options?: CallOptions): Promise<void> {
  const blob = await (await ask('GET', path, options)).blob();
  saveFile(blob, name);
}

export function saveFile(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  URL.revokeObjectURL(url);
}
