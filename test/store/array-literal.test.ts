import { expect, test } from 'vitest';
import { columnArray } from '../../src/store/array-literal.ts';

test('a column as PostgreSQL reads it: null, numbers, booleans, instants, texts with anything in them', () => {
  expect(columnArray([null, 'null', '', 7, true])).toBe('{null,"null","",7,true}');
  expect(columnArray(['a "b" \\c', 'x,y}{', '高级'])).toBe('{"a \\"b\\" \\\\c","x,y}{","高级"}');
  expect(columnArray([new Date(0)])).toBe('{"1970-01-01T00:00:00.000Z"}');
  expect(columnArray([])).toBe('{}');
});
