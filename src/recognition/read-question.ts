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

const isTextMember = (name: string): name is 'on' | 'asOf' | 'link' =>
  name === 'on' || name === 'asOf' || name === 'link';

/** @throws Problem malformed with every fault */
export function readQuestion(body: unknown): Question {
  if (!isJsonObject(body)) throw malformed([fault('', 'must be an object {ids, on?, asOf?, link?}')]);
  const { ids, ...texts } = body;
  const faults: ProblemIssue[] = [];
  const question: Question = { ids: readIds(ids, faults) };
  for (const [name, value] of Object.entries(texts)) {
    if (!isTextMember(name)) faults.push(fault(`/${name}`, 'there is no such member'));
    else if (typeof value !== 'string') faults.push(fault(`/${name}`, 'must be a text'));
    else question[name] = value;
  }
  if (faults.length > 0) throw malformed(faults);
  return question;
}

function readIds(ids: unknown, faults: ProblemIssue[]): string[] {
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > IDS_MAX) {
    faults.push(fault('/ids', `must be a list of 1 to ${IDS_MAX} enterprise ids`));
    return [];
  }
  return ids.flatMap((id: unknown, index) => {
    if (typeof id === 'string' && ID.test(id)) return id;
    faults.push(fault(`/ids/${index}`, 'must be an enterprise id: CN or US and the registration'));
    return [];
  });
}

const fault = (pointer: string, message: string): ProblemIssue => ({ pointer, code: 'malformed', message });

function malformed(errors: ProblemIssue[]): Problem {
  return new Problem('malformed', { detail: 'The question is not as the API describes it.', errors });
}
