import { getText, send } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import type { Action } from '../parts/action-dialog.tsx';
import { say } from '../words/language.ts';

interface Refused {
  id: string;
  subject: string;
  /** What it said, where the page has it already. */
  data?: unknown;
}

/** Submits a refused message as a new one of the same case; its data can be corrected first. */
export function resubmit({ id, subject, data }: Refused): Action {
  let text = data === undefined ? '' : JSON.stringify(data, null, 2);
  const original = text;
  const edit = (next: string): void => {
    text = next;
  };
  return {
    title: say('act.resubmit'),
    wide: true,
    async preview() {
      if (text === '') text = JSON.stringify(dataOf(await getText(`/v1/messages/${id}/set`)), null, 2);
      return (
        <>
          <p>{say('act.resubmit-one', { subject })}</p>
          <label className="field">
            <span>{say('act.corrected')}</span>
            <textarea
              className="mono"
              rows={16}
              spellCheck={false}
              defaultValue={text}
              onChange={({ target }) => edit(target.value)}
            />
            <small>{say('act.corrected-how')}</small>
          </label>
        </>
      );
    },
    verb: say('act.resubmit'),
    reason: 'required',
    async run({ reason }) {
      const body = text === original ? { reason } : { reason, data: parse(text) };
      await send('POST', `/v1/ops/dead-letters/${id}/resubmit`, { body });
      return undefined;
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ApiProblem({
      type: 'urn:mra-gateway:problem:not-json',
      title: '',
      status: 0,
      detail: error instanceof Error ? error.message : String(error),
    });
  }
}

/** The data of the one event in a compact JWS. */
function dataOf(jws: string): unknown {
  const payload = jws.split('.')[1] ?? '';
  const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (c) =>
    c.charCodeAt(0),
  );
  const claims = JSON.parse(new TextDecoder().decode(bytes)) as {
    events?: Record<string, { data?: unknown }>;
  };
  return Object.values(claims.events ?? {})[0]?.data;
}
