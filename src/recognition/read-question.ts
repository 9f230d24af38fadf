import { isJsonObject } from '../envelope/parse-strict-json.ts';
import { Problem, type ProblemIssue } from '../http/problem.ts';
import type { TimeQuery } from '../register/read-time.ts';

/** What a front-line system asks in one request. */
export interface Question extends TimeQuery {
  ids: string[];
  link?: string;
}

/** A manifest's worth; more are several requests. */
export const IDS_MAX = 1_000;

const ID = /^[A-Z]{2}[0-9A-Z]{1,17}$/;
const MEMBERS = new Set(['ids', 'on', 'asOf', 'link']);

/** @throws Problem malformed with every fault */
export function readQuestion(body: unknown): Question {
  if (!isJsonObject(body)) throw malformed([fault('', 'must be an object {ids, on?, asOf?, link?}')]);
  const faults: ProblemIssue[] = [...checkIds(body.ids)];
  for (const [name, value] of Object.entries(body)) {
    if (!MEMBERS.has(name)) faults.push(fault(`/${name}`, 'there is no such member'));
    else if (name !== 'ids' && typeof value !== 'string') faults.push(fault(`/${name}`, 'must be a text'));
  }
  if (faults.length > 0) throw malformed(faults);
  return body as unknown as Question;
}

function checkIds(ids: unknown): ProblemIssue[] {
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > IDS_MAX)
    return [fault('/ids', `must be a list of 1 to ${IDS_MAX} enterprise ids`)];
  return ids.flatMap((id: unknown, index) =>
    typeof id === 'string' && ID.test(id)
      ? []
      : [fault(`/ids/${index}`, 'must be an enterprise id: CN or US and the registration')],
  );
}

const fault = (pointer: string, message: string): ProblemIssue => ({ pointer, code: 'malformed', message });

function malformed(errors: ProblemIssue[]): Problem {
  return new Problem('malformed', { detail: 'The question is not as the API describes it.', errors });
}
