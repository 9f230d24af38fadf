import pg from 'pg';

const { builtins } = pg.types;
// `pg` has no names for the array types: https://www.postgresql.org/docs/18/catalog-pg-type.html
const INT8_ARRAY = 1016;
const DATE_ARRAY = 1182;
const TEXT_ARRAY: number = 1009;

/**
 * How columns become JavaScript values on our connections (and only there):
 * `int8` a number, refused beyond 2^53; `timestamptz` a Date; `date` its text `YYYY-MM-DD`, because a calendar
 * date has no instant; `json` its text, because only the reader knows whether it is wanted.
 */
export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (format !== 'binary') {
      const parser = OWN.get(oid);
      if (parser) return parser;
    }
    return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text');
  },
};

const parseTextArray = pg.types.getTypeParser(TEXT_ARRAY, 'text') as (text: string) => (string | null)[];

const OWN = new Map<number, (text: string) => unknown>([
  [builtins.INT8, safeInteger],
  [INT8_ARRAY, (text) => parseTextArray(text).map((item) => (item === null ? null : safeInteger(item)))],
  [builtins.DATE, (text) => text],
  [DATE_ARRAY, parseTextArray],
  [builtins.JSON, (text) => text],
  [builtins.JSONB, (text) => text],
]);

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('an int8 column holds a number beyond 2^53');
  return value;
}
