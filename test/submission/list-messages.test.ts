import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexQueued } from '../../src/register/search/run-indexer.ts';
import { countMessages } from '../../src/submission/count-messages.ts';
import { listMessages, type MessageFilter } from '../../src/submission/list-messages.ts';
import { changeOf, recordOf } from '../support/messages.ts';
import { createPair, type Pair, type Side } from '../support/pair.ts';

const [FIRST, SECOND, FOREIGN] = ['CN4403960A1B', 'CN4403960A1C', 'CN4403960A1D'] as const;

let pair: Pair;
let ids: Record<'first' | 'second' | 'refused' | 'change', string>;

async function accept(body: object): Promise<string> {
  const [outcome] = await pair.cn.submit(body);
  if (!outcome || !('accepted' in outcome)) throw new Error(JSON.stringify(outcome));
  return outcome.accepted.id;
}

beforeAll(async () => {
  pair = await createPair();
  const { cn, us } = pair;
  const first = await accept({ type: 'enterprise-status', data: recordOf(FIRST), txn: 'CASE-1' });
  await pair.deliver(cn);
  await pair.receipt(us);
  const second = await accept({ type: 'enterprise-status', data: recordOf(SECOND) });
  await pair.deliver(cn);
  const refused = await accept({ type: 'enterprise-status', data: recordOf(FOREIGN) });
  us.link.partner = 'US';
  await pair.deliver(cn);
  us.link.partner = 'CN';
  const change = await accept({ type: 'certification-change', data: changeOf(FIRST), txn: 'CASE-1' });
  ids = { first, second, refused, change };
});
afterAll(() => pair[Symbol.asyncDispose]());

/** Names of the business messages that a filter finds, newest first. */
async function found(side: Side, filter: Omit<MessageFilter, 'limit'>): Promise<string[]> {
  const items = await listMessages(side.db.database, { ...filter, limit: 50 });
  const names = new Map(Object.entries(ids).map(([name, id]) => [id, name]));
  return items.flatMap((item) => names.get(item.id) ?? []);
}

describe('the list of messages', () => {
  it('has both directions, newest first, each with its state of now', async () => {
    const items = await listMessages(pair.cn.db.database, { limit: 50 });
    const told = items.map(({ direction, type, subject, state }) => [direction, type, subject, state]);
    expect(told).toEqual([
      ['out', 'certification-change', FIRST, 'accepted'],
      ['out', 'enterprise-status', FOREIGN, 'refused'],
      ['out', 'enterprise-status', SECOND, 'delivered'],
      ['in', 'receipt', 'gateway', 'received'],
      ['out', 'enterprise-status', FIRST, 'receipted'],
    ]);
  });

  it.each<[Omit<MessageFilter, 'limit'>, string[]]>([
    [{ direction: 'in' }, []],
    [{ type: 'certification-change' }, ['change']],
    [{ state: 'accepted' }, ['change']],
    [{ state: 'refused' }, ['refused']],
    [{ state: 'delivered' }, ['second']],
    [{ state: 'receipted' }, ['first']],
    [{ link: 'us-cbp' }, ['change', 'refused', 'second', 'first']],
    [{ link: 'elsewhere' }, []],
    [{ subject: FIRST }, ['change', 'first']],
    [{ txn: 'CASE-1' }, ['change', 'first']],
    [{ error: 'Foreign-Authority' }, ['refused']],
    [{ error: 'no such error' }, []],
    [{ q: SECOND }, ['second']],
    [{ q: 'CASE-1', type: 'enterprise-status' }, ['first']],
    [{ since: new Date(0), until: new Date(1) }, []],
    [{ since: new Date(0), until: new Date(Date.now() + 60_000) }, ['change', 'refused', 'second', 'first']],
    [{ since: new Date(Date.now() + 60_000) }, []],
  ])('finds by %o', async (filter, names) => {
    expect(await found(pair.cn, filter)).toEqual(names);
  });

  it('finds a message by its id, and a lane that fails by its error', async () => {
    expect(await found(pair.cn, { q: ids.second.toUpperCase() })).toEqual(['second']);
    await pair.cn.db.sql(`update lane set last_error = 'partner answers 503'`);
    expect(await found(pair.cn, { error: 'answers 503' })).toEqual(['change']);
    await pair.cn.db.sql('update lane set last_error = null');
  });

  it('finds by part of the name in either script, on each side by whose names it may', async () => {
    for (const side of [pair.cn, pair.us]) while ((await indexQueued(side.db.database)) > 0);
    // A refused first version has given up its name again.
    const all = ['change', 'second', 'first'];
    expect(await found(pair.cn, { name: 'hengda electronics', namesOf: 'CN' })).toEqual(all);
    expect(await found(pair.cn, { name: '恒达电子' })).toEqual(all);
    expect(await found(pair.cn, { q: '恒达电子', state: 'accepted' })).toEqual(['change']);
    expect(
      await found(pair.cn, { q: ids.first.slice(0, 18), subject: FIRST, type: 'enterprise-status' }),
    ).toEqual(['first']);
    expect(await found(pair.cn, { name: 'no such name' })).toEqual([]);
    expect(await found(pair.us, { name: '恒达电子' })).toContain('first');
    expect(await found(pair.us, { name: '恒达电子', namesOf: 'US' })).toEqual([]);
    const { database } = pair.us.db;
    const [theirs] = await listMessages(database, { limit: 1, subject: FIRST }, 'US');
    expect(theirs?.name?.latin).toMatch(/Hengda/);
    const [untold] = await listMessages(database, { limit: 1, subject: FIRST, namesOf: 'US' }, 'US');
    expect(untold?.name).toBeNull();
    const [own] = await listMessages(pair.cn.db.database, { limit: 1, subject: FIRST, namesOf: 'CN' }, 'CN');
    expect(own?.name?.native).toContain('恒达');
  });

  it('finds what waits in a lane, and what is urgent', async () => {
    const [{ lane } = { lane: null }] = await listMessages(pair.cn.db.database, { limit: 1 });
    expect(await found(pair.cn, { lane: lane ?? '' })).toEqual(['change']);
    expect(await found(pair.cn, { lane: 'control' })).toEqual([]);
    expect(await found(pair.cn, { urgent: true })).toEqual(['change']);
  });

  it('counts what fits, and of how many enterprises', async () => {
    const { database } = pair.cn.db;
    expect(await countMessages(database, { direction: 'out', limit: 1 })).toEqual({
      count: 4,
      more: false,
      enterprises: 3,
    });
    expect(await countMessages(database, { state: 'refused', limit: 1 })).toMatchObject({ count: 1 });
    expect(await countMessages(database, { direction: 'out', limit: 1 }, 3)).toMatchObject({
      count: 3,
      more: true,
    });
    expect(await countMessages(database, { type: 'receipt', limit: 1 })).toMatchObject({ count: 1 });
    expect(await countMessages(database, { type: 'validation-result', limit: 1 })).toMatchObject({
      count: 0,
    });
    expect(await countMessages(database, { direction: 'out', state: 'refused', limit: 1 }, 9)).toEqual({
      count: 1,
      more: false,
      enterprises: 1,
    });
  });

  it('shows what the other side received and refused', async () => {
    expect(await found(pair.us, { direction: 'in', state: 'refused' })).toEqual(['refused']);
    expect(await found(pair.us, { direction: 'in', state: 'receipted' })).toEqual(['first']);
    expect(await found(pair.us, { direction: 'in', state: 'received' })).toEqual(['second']);
  });

  it('goes on after a page without leaving out or repeating any', async () => {
    const { database } = pair.cn.db;
    const all = await listMessages(database, { limit: 50 });
    const paged: string[] = [];
    let after: MessageFilter['after'];
    for (;;) {
      const page = await listMessages(database, { limit: 2, ...(after ? { after } : {}) });
      paged.push(...page.map(({ id }) => id));
      if (page.length < 2) break;
      after = page.at(-1);
    }
    expect(paged).toEqual(all.map(({ id }) => id));
  });
});
