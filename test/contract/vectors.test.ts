import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  exchangeIssueCodes,
  registerIssueCodes,
  ruleIssueCodes,
  schemaIssueCodes,
} from '../../src/contract/issue.ts';
import { followPointer } from '../../src/contract/json-pointer.ts';
import * as lists from '../../src/generated/codes.ts';
import { inOrder, judge } from './judge-vector.ts';
import { defaultContext, invalidVectors, validVectors } from './read-vectors.ts';

describe('a valid vector has no error and the warnings that it names', () => {
  test.each(validVectors)('$type: $title', (vector) => {
    expect(judge(vector)).toEqual({ errors: [], warnings: inOrder(vector.warnings) });
    expect(vector.errors).toEqual([]);
  });
});

describe('an invalid vector has the errors that it names, no more and no fewer', () => {
  test.each(invalidVectors)('$type: $title', (vector) => {
    expect(judge(vector)).toEqual({ errors: inOrder(vector.errors), warnings: inOrder(vector.warnings) });
    expect(vector.errors).not.toEqual([]);
  });
});

describe('the vectors cover the contract', () => {
  test('there are at least 30 valid and 100 invalid ones, each with a title of its own', () => {
    expect(validVectors.length).toBeGreaterThanOrEqual(30);
    expect(invalidVectors.length).toBeGreaterThanOrEqual(100);
    for (const vectors of [validVectors, invalidVectors]) {
      const titles = vectors.map(({ type, title }) => `${type}: ${title}`);
      expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
    }
  });

  test('every code of an issue is named by a vector', () => {
    const named = new Set(
      [...validVectors, ...invalidVectors].flatMap((vector) =>
        [...vector.errors, ...vector.warnings].map(({ code }) => code),
      ),
    );
    const codes = [...schemaIssueCodes, ...ruleIssueCodes, ...registerIssueCodes];
    expect(codes.filter((code) => !named.has(code))).toEqual([]);
  });

  test('docs/contract.md explains every code', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/contract.md'), 'utf8');
    const codes = [...schemaIssueCodes, ...ruleIssueCodes, ...registerIssueCodes, ...exchangeIssueCodes];
    expect(codes.filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
  });

  test('the examples of docs/contract.md are valid', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/contract.md'), 'utf8');
    const examples = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, text = '']) => JSON.parse(text));
    expect(examples.length).toBeGreaterThanOrEqual(2);
    for (const { type, data } of examples) {
      const errors = judge({
        title: 'example',
        type,
        data,
        context: defaultContext,
        errors: [],
        warnings: [],
      });
      expect(errors).toEqual({ errors: [], warnings: [] });
    }
  });

  test('every identifier scheme is read in a valid vector and breached in another', () => {
    const schemes = lists.identifierSchemes.map(({ code }) => code);
    const read = new Set(
      validVectors.flatMap(({ data }) =>
        schemes.filter((scheme) => JSON.stringify(data).includes(`"${scheme}"`)),
      ),
    );
    const breached = new Set(
      invalidVectors.flatMap(({ data, errors, warnings }) =>
        [...errors, ...warnings].map(({ pointer }) => schemeAt(data, pointer)),
      ),
    );
    expect(schemes.filter((scheme) => !read.has(scheme))).toEqual([]);
    expect(schemes.filter((scheme) => !breached.has(scheme))).toEqual([]);
  });
});

/** The scheme of the identifier at which an issue points. */
function schemeAt(data: unknown, pointer: string): unknown {
  const identifier = followPointer(data, pointer.replace(/\/value$/, ''));
  if (!identifier.found || typeof identifier.value !== 'object' || identifier.value === null)
    return undefined;
  return Reflect.get(identifier.value, 'scheme');
}
