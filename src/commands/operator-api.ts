import { type ApiAccess, readApiAccess } from '../config/env.ts';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** For the commands that ask a running gateway. */
export const API_HELP = `
Environment:
  MRA_API    internal listener of the gateway (default: http://127.0.0.1:8701)
  MRA_TOKEN  access token of role operator, made by mra access grant
Exit codes: 0 done, 1 not done, 2 wrong use, 4 no answer, 5 not allowed (docs/commands.md).`;

/** Why an operator's command was not done: what the gateway answered, or that it was asked wrongly. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly exitCode: ExitCode;

  constructor(message: string, options: ErrorOptions & { exitCode?: ExitCode } = {}) {
    super(message, options);
    this.exitCode = options.exitCode ?? exitCodes.failed;
  }
}

/** The command line asks for nothing that can be done. */
export function wrongUse(message: string): ApiError {
  return new ApiError(message, { exitCode: exitCodes.usage });
}

/** A gateway under load answers late, but not never. */
const TIMEOUT_MS = 60_000;

/** The operator's API of a running gateway, as its commands use it: `MRA_API` and `MRA_TOKEN` say which and who. */
export function openOperatorApi({ url, token }: ApiAccess = readApiAccess()) {
  if (token === undefined) {
    throw new ApiError(
      'Set MRA_TOKEN to an access token of role operator (mra access grant --role operator).',
      { exitCode: exitCodes.notAllowed },
    );
  }
  const silent = (cause: unknown): never => {
    throw new ApiError(`No gateway answers at ${url}. MRA_API names its internal listener.`, {
      cause,
      exitCode: exitCodes.noAnswer,
    });
  };
  const ask = async (method: string, path: string, body?: object): Promise<string> => {
    const answer = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch(silent);
    const text = await answer.text();
    if (!answer.ok) throw refusal(text, answer.status);
    return text;
  };
  return {
    /** Server-sent events until the stream ends. */
    async *events(path: string): AsyncGenerator<{ event: string; data: string }> {
      const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
      const answer = await fetch(url + path, { headers }).catch(silent);
      if (!answer.ok || !answer.body) throw refusal(await answer.text(), answer.status);
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

function refusal(text: string, status: number): ApiError {
  return new ApiError(sentenceOf(text, status), { exitCode: codeOf(status) });
}

function codeOf(status: number): ExitCode {
  if (status === 401 || status === 403) return exitCodes.notAllowed;
  return status === 429 || status === 502 || status === 503 ? exitCodes.noAnswer : exitCodes.failed;
}

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
