import { type ApiAccess, readApiAccess } from '../config/env.ts';
import { isJsonObject } from '../envelope/parse-strict-json.ts';

/** For the commands that ask a running gateway. */
export const API_HELP = `
Environment:
  MRA_API    internal listener of the gateway (default: http://127.0.0.1:8701)
  MRA_TOKEN  access token of role operator, made by mra access grant`;

/** What the gateway answered to an operator's command that it did not do. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
}

/** A gateway under load answers late, but not never. */
const TIMEOUT_MS = 60_000;

/** The operator's API of a running gateway, as its commands use it: `MRA_API` and `MRA_TOKEN` say which and who. */
export function openOperatorApi({ url, token }: ApiAccess = readApiAccess()) {
  if (token === undefined) {
    throw new ApiError(
      'Set MRA_TOKEN to an access token of role operator (mra access grant --role operator).',
    );
  }
  const ask = async (method: string, path: string, body?: object): Promise<string> => {
    const answer = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((cause: unknown) => {
      throw new ApiError(`No gateway answers at ${url}. MRA_API names its internal listener.`, { cause });
    });
    const text = await answer.text();
    if (!answer.ok) throw new ApiError(sentenceOf(text, answer.status));
    return text;
  };
  return {
    /** Server-sent events until the stream ends. */
    async *events(path: string): AsyncGenerator<{ event: string; data: string }> {
      const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
      const answer = await fetch(url + path, { headers }).catch((cause: unknown) => {
        throw new ApiError(`No gateway answers at ${url}. MRA_API names its internal listener.`, { cause });
      });
      if (!answer.ok || !answer.body) throw new ApiError(sentenceOf(await answer.text(), answer.status));
      let text = '';
      const decoder = new TextDecoder();
      for await (const chunk of answer.body) {
        text += decoder.decode(chunk, { stream: true });
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
          const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
          if (event !== undefined && data !== undefined) yield { event, data };
        }
      }
    },
    get: async <T>(path: string): Promise<T> => JSON.parse(await ask('GET', path)) as T,
    text: (path: string): Promise<string> => ask('GET', path),
    post: async (path: string, body: object): Promise<Record<string, unknown>> => {
      const text = await ask('POST', path, body);
      return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    },
  };
}

export type OperatorApi = ReturnType<typeof openOperatorApi>;

function sentenceOf(text: string, status: number): string {
  try {
    const problem: unknown = JSON.parse(text);
    if (isJsonObject(problem)) {
      const faults = Array.isArray(problem.errors) ? problem.errors.filter(isJsonObject) : [];
      const lines = faults.map(({ pointer, message }) => `  ${String(pointer) || '/'}: ${String(message)}`);
      return [String(problem.detail ?? problem.title), ...lines].join('\n');
    }
  } catch {
    // Not a problem document: the status has to do.
  }
  return `The gateway answered ${status}.`;
}
