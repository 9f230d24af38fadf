import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findEnterprises, type SearchPlace } from '../../src/register/search/find-enterprises.ts';
import { foldChinese, foldIdentifier, foldLatin, pairsOf } from '../../src/register/search/fold-text.ts';
import { indexQueued } from '../../src/register/search/run-indexer.ts';
import type { SearchFilter } from '../../src/register/search/search-filter.ts';
import { changeOf, recordOf } from '../support/messages.ts';
import { createPair, type Pair } from '../support/pair.ts';

describe('what is compared', () => {
  it.each([
    [
      'case, width, accents and punctuation',
      foldLatin('Ｈéngda  ELECTRONICS Co., Ltd.'),
      'hengda electronics co ltd',
    ],
    [
      'traditional characters, width and signs',
      foldChinese('深圳恆達電子（有限）公司　Ａ1'),
      '深圳恒达电子有限公司a1',
    ],
    ['hyphens and display forms', foldIdentifier('aeo-CN 4403-960a1b'), 'CN4403960A1B'],
  ])('%s do not count', (_name, folded, wanted) => expect(folded).toBe(wanted));

  it('is every pair of neighbours', () => {
    expect(pairsOf('恒达恒达')).toEqual(['恒达', '达恒']);
  });
});

describe('a search', () => {
  let pair: Pair;
  const named = (latin: string, native: string, place: object = {}) => ({
    enterprise: {
      name: { latin, native: { text: native, lang: 'zh-Hans' } },
      addresses: [
        { type: 'site', lines: ['1 Road'], city: 'Shenzhen', subdivision: 'CN-GD', country: 'CN', ...place },
      ],
    },
  });
  const body = (
    id: string,
    { enterprise, ...members }: { enterprise: object; [member: string]: unknown },
  ) => {
    const record = recordOf(id, { occasion: 'initial-load', ...members }) as { enterprise: object };
    return {
      type: 'enterprise-status',
      data: { ...record, enterprise: { ...record.enterprise, ...enterprise } },
    };
  };
  const find = async (filter: SearchFilter, time: { on?: string; asOf?: Date } = {}, limit = 50) => {
    const { database } = pair.us.db;
    const shelves = [{ link: pair.us.link.id, party: 'CN' as const }];
    const ids: string[] = [];
    let after: SearchPlace | undefined;
    do {
      const page = await findEnterprises(database, shelves, filter, time, { limit, after });
      ids.push(...page.records.map((r) => r.id));
      after = page.next;
    } while (after);
    return ids;
  };

  beforeAll(async () => {
    pair = await createPair();
    const bodies = [
      body('CN4403960A1B', named('Shenzhen Hengda Electronics Co., Ltd.', '深圳恒达电子有限公司')),
      body('CN4403960A1C', {
        ...named('Dongguan Yongsheng Furniture Co., Ltd.', '东莞永盛家具有限公司', { city: 'Dongguan' }),
        nextReviewDue: '2027-01-31',
      }),
      body('CN4403960A1D', {
        ...named('Dong Guan Heng Da Metal', '东莞达恒五金'),
        class: 'certified',
        nextReviewDue: '2026-12-31',
      }),
    ];
    // More than are indexed at once, so that the queue is used as well.
    const crowd = Array.from({ length: 30 }, (_, n) =>
      body(
        `CN44039${String(60000 + n)}`,
        named(`Crowd ${n} Trading`, `众${String.fromCharCode(0x4e00 + n)}贸易`),
      ),
    );
    const outcomes = [...(await pair.cn.submit(...bodies)), ...(await pair.cn.submit(...crowd))];
    expect(outcomes.filter((o) => 'refused' in o)).toEqual([]);
    await pair.deliver(pair.cn);
    await pair.cn.submit({ type: 'certification-change', data: changeOf('CN4403960A1B') });
    await pair.deliver(pair.cn);
    while ((await indexQueued(pair.us.db.database)) > 0);
  });
  afterAll(() => pair[Symbol.asyncDispose]());

  it.each<[string, SearchFilter, string[]]>([
    ['an identifier of any scheme', { identifier: '4403960a1b' }, ['CN4403960A1B']],
    ['the display form of an id', { identifier: 'AEOCN4403960A1C' }, ['CN4403960A1C']],
    ['Latin words in any order and case', { name: 'ELECTRONICS hengda' }, ['CN4403960A1B']],
    ['a short word at its beginning', { name: 'co furniture' }, ['CN4403960A1C']],
    ['part of a word', { name: 'ongsheng' }, ['CN4403960A1C']],
    ['two Chinese characters', { name: '恒达' }, ['CN4403960A1B']],
    ['the same in the other order', { name: '达恒' }, ['CN4403960A1D']],
    ['traditional characters', { name: '恆達電子' }, ['CN4403960A1B']],
    ['pairs that stand apart', { name: '深圳电子' }, []],
    ['a city', { place: 'dongguan' }, ['CN4403960A1C']],
    ['a status', { status: 'suspended' }, ['CN4403960A1B']],
    ['a class', { grade: 'certified' }, ['CN4403960A1D']],
    ['reviews due, by date', { reviewUntil: '2027-12-31' }, ['CN4403960A1D', 'CN4403960A1C']],
    [
      'all of several',
      { name: 'dong', place: 'CN-GD', status: 'certified' },
      ['CN4403960A1C', 'CN4403960A1D'],
    ],
  ])('by %s', async (_name, filter, ids) => {
    const found = await find(filter);
    expect('reviewUntil' in filter ? found : found.sort()).toEqual(ids);
  });

  it('comes in pages without gap or repeat', async () => {
    const all = await find({});
    expect(all).toHaveLength(33);
    expect(await find({}, {}, 7)).toEqual(all);
    expect(await find({ reviewFrom: '2026-01-01' }, {}, 2)).toEqual(await find({ reviewFrom: '2026-01-01' }));
  });

  it('judges the standing at the time asked for', async () => {
    expect(await find({ name: 'hengda', status: 'certified' }, { on: '2026-11-20' })).toEqual([
      'CN4403960A1B',
    ]);
    expect(await find({ name: 'hengda', status: 'certified' })).toEqual([]);
    const today = new Date().toISOString().slice(0, 10);
    expect(await find({ name: 'hengda', status: 'suspended' }, { on: today })).toEqual(['CN4403960A1B']);
    expect(await find({ identifier: 'CN4403960A1B' }, { asOf: new Date(0) })).toEqual([]);
  });
});
