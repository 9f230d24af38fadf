import { afterAll, beforeAll, expect, it } from 'vitest';
import { recognise } from '../../src/recognition/recognise.ts';
import { readHistory } from '../../src/register/read-history.ts';
import { changeOf, recordOf } from '../support/messages.ts';
import { createPair, type Pair, type Side } from '../support/pair.ts';

const ID = 'CN4403960A1B';
let pair: Pair;

async function accept(body: object): Promise<string> {
  const [outcome] = await pair.cn.submit(body);
  if (!outcome || !('accepted' in outcome)) throw new Error(JSON.stringify(outcome));
  await pair.deliver(pair.cn);
  return outcome.accepted.id;
}

const historyOf = async ({ db, link }: Side, time = {}) =>
  (await readHistory(db.database, { link: link.id, party: 'CN', subject: ID }, time, { limit: 50 }))?.steps ??
  [];

async function reasonAt(side: Side, on?: string): Promise<string | undefined> {
  const [answer] = await recognise(
    {
      database: side.db.database,
      party: side.party,
      links: new Map([[side.link.id, side.link]]),
      lastHeard: () => new Date(0),
      now: () => new Date(),
    },
    [ID],
    on === undefined ? {} : { on },
  );
  return answer?.reason;
}

let suspension: string;
beforeAll(async () => {
  pair = await createPair();
  await accept({ type: 'enterprise-status', data: recordOf(ID, { occasion: 'initial-load' }) });
  suspension = await accept({ type: 'certification-change', data: changeOf(ID) });
});
afterAll(() => pair[Symbol.asyncDispose]());

it('tells each step with the message behind it, alike on both sides', async () => {
  const [ours, theirs] = [await historyOf(pair.cn), await historyOf(pair.us)];
  expect(ours.map(({ receivedAt: _, ...step }) => step)).toEqual(
    theirs.map(({ receivedAt: _, ...step }) => step),
  );
  expect(theirs[1]).toMatchObject({
    event: 'suspended',
    message: suspension,
    summary: {
      en: 'Suspended: Suspended (advanced-certified) from 2026-11-21: Failed validation',
      zh: expect.stringContaining('2026-11-21'),
    },
    legalBasis: 'GACC Order 282',
  });
});

it('refuses a correction that names another message than the one at that version', async () => {
  const changes = [{ pointer: '/effectiveOn', old: '2026-11-21', new: '2026-11-22' }];
  const correction = { messageId: suspension, version: 1, changes, reason: 'a day too early' };
  const data = changeOf(ID, { effectiveOn: '2026-11-22', correction });
  const [outcome] = await pair.cn.submit({ type: 'certification-change', data });
  expect(outcome).toMatchObject({
    refused: {
      code: 'correction-unknown',
      errors: [{ pointer: '/data/correction/messageId', code: 'correction-unknown' }],
    },
  });
});

it('shows a correction at the version that it corrects, on both sides, and recognition follows', async () => {
  expect(await reasonAt(pair.us, '2026-11-21')).toBe('suspended');
  const correction = {
    messageId: suspension,
    version: 2,
    changes: [{ pointer: '/effectiveOn', old: '2026-11-21', new: '2026-11-22' }],
    reason: 'a day too early',
  };
  await accept({
    type: 'certification-change',
    data: changeOf(ID, { effectiveOn: '2026-11-22', correction }),
  });
  for (const side of [pair.cn, pair.us]) {
    const steps = await historyOf(side);
    expect(steps.map(({ version, countsAs, event }) => [version, countsAs, event])).toEqual([
      [1, 1, 'initial-load'],
      [2, 2, 'suspended'],
      [3, 2, 'correction'],
    ]);
    expect(steps[1]?.correctedBy?.version).toBe(3);
    expect(steps[2]).toMatchObject({
      corrects: { version: 2, message: suspension },
      changes: correction.changes,
    });
    expect(await reasonAt(side, '2026-11-22')).toBe('suspended');
    // What was known of the record came later than that day, so only the standing counts.
    expect(await reasonAt(side, '2026-11-21')).toBe('recognised');
  }
});

it('shows a consent withdrawn, which ends the benefits of a certified enterprise', async () => {
  const reinstated = changeOf(ID, {
    change: 'reinstated',
    from: { status: 'suspended', class: 'advanced-certified' },
    to: { status: 'certified', class: 'advanced-certified' },
    decidedOn: '2026-11-23',
    effectiveOn: '2026-11-23',
    reasonCode: undefined,
  });
  await accept({ type: 'certification-change', data: JSON.parse(JSON.stringify(reinstated)) });
  expect(await reasonAt(pair.us)).toBe('recognised');
  const consent = { givenOn: '2023-06-12', withdrawnOn: '2026-11-23' };
  await accept({ type: 'enterprise-status', data: recordOf(ID, { statusSince: '2026-11-23', consent }) });
  for (const side of [pair.cn, pair.us]) {
    expect(await reasonAt(side)).toBe('consent-withdrawn');
    const last = (await historyOf(side)).at(-1);
    expect(last).toMatchObject({ event: 'consent-withdrawn', consent });
    expect(last?.changes).toContainEqual({ pointer: '/consent/withdrawnOn', old: null, new: '2026-11-23' });
  }
});
