import fc from 'fast-check';
import type { Json, SetRecipe } from '../hostile/recipe.ts';
import { changeOf, recordOf, validationOf } from '../support/messages.ts';

type ContentType = 'enterprise-status' | 'certification-change' | 'validation-result';

const samples: Record<ContentType, object> = {
  'enterprise-status': recordOf('CN4400000000'),
  'certification-change': changeOf('CN4400000000'),
  'validation-result': validationOf('JV-CN4400000000'),
};
const types = Object.keys(samples) as ContentType[];

/** Pointers to every member and element, so that a change hits the structure and not only its bytes. */
function pointersIn(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const pointer = `${at}/${name}`;
    return [pointer, ...pointersIn(member, pointer)];
  });
}
const pointers = Object.fromEntries(types.map((type) => [type, pointersIn(samples[type])])) as Record<
  ContentType,
  string[]
>;

/** Texts that have broken something somewhere. */
export const hostileText = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    '\u0000',
    '\ud800',
    '\u202e',
    '"',
    '\\',
    "'; drop table message; --",
    '../../etc/passwd',
    '<script>',
    '$(id)',
    '\r\n',
    '2026-02-30',
    '9999-12-31',
    '{"a":1,"a":2}',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

/** JSON in place of what belongs there. */
export const hostileValue: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json[]>('$absent', null, true, 0, -1, 1.5, 2 ** 53, 1e308, '', [], {}, [[]], {
    __proto__: null,
  }),
  hostileText,
  fc.constantFrom<Json[]>(
    { $repeat: 'x', times: 5_000 },
    { $repeat: {}, times: 1_001 },
    { $repeat: [], times: 200 },
  ),
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>,
);

/** JSON as text, also such as JSON.stringify never writes. */
export const jsonText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.json({ maxDepth: 4 }) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      '1e999',
      '-0',
      '9007199254740993',
      '"\\ud800"',
      '{"a":1,"a":2}',
      '{"a":1,"\\u0061":2}',
      '{"__proto__":{"x":1}}',
      '[1,]',
      '{"a"}',
      'NaN',
      '01',
      "'a'",
      '"\t"',
      '',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 10, max: 3_000 }).map((deep) => '['.repeat(deep) + ']'.repeat(deep)),
  },
  { weight: 1, arbitrary: fc.integer({ min: 10, max: 3_000 }).map((wide) => `[0${',0'.repeat(wide)}]`) },
);

/** A message that the contract allows. */
export const contentRecipe: fc.Arbitrary<SetRecipe> = fc.constantFrom(...types).map((type) => ({ type }));

/** Members of the data replaced at random: mostly a break of the schema, now and then nothing worse than another text. */
const edited: fc.Arbitrary<SetRecipe> = fc
  .constantFrom(...types)
  .chain((type) =>
    fc
      .array(fc.tuple(fc.constantFrom(...pointers[type]), hostileValue), { minLength: 1, maxLength: 3 })
      .map((edits): SetRecipe => ({ type, edit: Object.fromEntries(edits) })),
  );

/** Contents that the schema allows and a rule does not. */
const lawless = fc.constantFrom<SetRecipe[]>(
  { type: 'validation-result', edit: { '/lead': 'US' } },
  { type: 'validation-result', edit: { '/outcome': 'passed' } },
  { type: 'validation-result', edit: { '/visit/to': '2025-10-01' } },
  { type: 'validation-result', edit: { '/agreedBy/0/on': '2099-01-01' } },
  { type: 'enterprise-status', edit: { '/certifiedOn': '2099-01-01' } },
  { type: 'enterprise-status', edit: { '/enterprise/identifiers/0/value': '4403960A1C' } },
  { type: 'certification-change', edit: { '/decidedOn': '2099-01-01' } },
  { type: 'certification-change', edit: { '/effectiveOn': '2026-11-01' } },
);

export const faultyContent: fc.Arbitrary<SetRecipe> = fc.oneof(
  { weight: 3, arbitrary: edited },
  { weight: 2, arbitrary: lawless },
  { weight: 1, arbitrary: hostileValue.map((data): SetRecipe => ({ data })) },
);
