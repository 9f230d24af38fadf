import type { Expectation, SetExpectation } from './recipe.ts';
import type { Sent } from './send.ts';

/** What differs from what the vector expects, in words; nothing where all is as it should be. */
export function differences(sent: Sent, expected: Expectation): string[] {
  const { talk, answer } = sent;
  const statuses = talk.answers.map(({ status }) => status);
  const wanted = expected.statuses ?? [expected.status];
  if (statuses.join() !== wanted.join()) {
    const bodies = talk.answers.map(({ body }) => body.slice(0, 300)).join('\n');
    return [`answered ${statuses.join(', ') || 'nothing'} instead of ${wanted.join(', ')}: ${bodies}`];
  }
  const found: string[] = [];
  if (expected.closed !== undefined && talk.closed !== expected.closed) {
    found.push(`the connection ${talk.closed ? 'was closed' : 'stayed open'}`);
  }
  const body = bodyOf(answer?.body ?? '');
  const text = (member: string) => String(body[member] ?? '');
  if (expected.err !== undefined && body.err !== expected.err) found.push(`err is ${text('err')}`);
  const type = text('type').replace('urn:mra-gateway:problem:', '');
  if (expected.problem !== undefined && type !== expected.problem) found.push(`the problem is ${type}`);
  const issue = (body.errors as { code: string }[] | undefined)?.[0]?.code;
  if (expected.issue !== undefined && issue !== expected.issue) found.push(`the first fault is ${issue}`);
  const said = text('description') || text('detail');
  if (expected.says !== undefined && !new RegExp(expected.says).test(said)) found.push(`it says: ${said}`);
  return [...found, ...setDifferences(sent, body, expected.sets ?? [])];
}

function setDifferences(
  { sets }: Sent,
  body: Record<string, unknown>,
  expected: readonly SetExpectation[],
): string[] {
  const { ack = [], setErrs = {} } = body as {
    ack?: string[];
    setErrs?: Record<string, { err: string; description: string }>;
  };
  return expected.flatMap((wanted, index) => {
    const name = sets[index]?.member ?? '';
    const refused = setErrs[name];
    const got = ack.includes(name)
      ? 'acknowledged'
      : refused
        ? `${refused.err}: ${refused.description}`
        : 'not named';
    if (wanted.ack) return got === 'acknowledged' ? [] : [`SET ${index} is ${got}`];
    const right =
      refused?.err === wanted.err && new RegExp(wanted.says ?? '').test(refused?.description ?? '');
    return right ? [] : [`SET ${index} is ${got}`];
  });
}

function bodyOf(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
