import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonError } from '../../src/envelope/json-error.ts';
import { type JsonLimits, parseStrictJson } from '../../src/envelope/parse-strict-json.ts';
import { scanJson } from '../../src/envelope/scan-json.ts';

interface Vector {
  name: string;
  text?: string;
  hex?: string;
}

interface Vectors {
  limits: JsonLimits;
  valid: (Vector & { value: unknown })[];
  invalid: (Vector & { code: string; offset?: number; pointer?: string })[];
}

// Read and not imported: the import would lose the member __proto__.
const vectors: Vectors = JSON.parse(
  readFileSync(join(import.meta.dirname, '../vectors/envelope/json.json'), 'utf8'),
);

const wide = { depthMax: 64, membersMax: 100_000 };

function bytesOf({ text = '', hex }: Vector): Buffer {
  return hex === undefined ? Buffer.from(text) : Buffer.from(hex, 'hex');
}

function errorOf(input: Uint8Array | string, limits = wide): JsonError {
  try {
    parseStrictJson(input, limits);
  } catch (error) {
    if (error instanceof JsonError) return error;
    throw error;
  }
  throw new Error('was parsed');
}

describe('strict JSON takes', () => {
  it.each(vectors.valid)('$name', (vector) => {
    expect(JSON.stringify(parseStrictJson(bytesOf(vector), vectors.limits))).toBe(
      JSON.stringify(vector.value),
    );
  });
});

describe('strict JSON refuses', () => {
  it.each(vectors.invalid)('$name', (vector) => {
    const { code, offset, pointer } = errorOf(bytesOf(vector), vectors.limits);
    expect({ code, offset, pointer }).toEqual({
      code: vector.code,
      offset: vector.offset ?? offset,
      pointer: vector.pointer ?? pointer,
    });
  });

  it('a half pair in a string that never was bytes', () => {
    expect(errorOf('["\ud800"]').code).toBe('lone-surrogate');
  });

  it('without quoting the text in the message', () => {
    expect(errorOf('{"secret-token": hunter2}').message).toBe('is not JSON, at offset 17');
  });

  it('with a pointer of bounded length', () => {
    const name = 'n'.repeat(5_000);
    expect(errorOf(`{"${name}":1,"${name}":2}`).pointer).toHaveLength(256);
  });
});

describe('a member __proto__', () => {
  it('is an own member and reaches no prototype', () => {
    const value = parseStrictJson('{"__proto__":{"admin":true},"a":{}}', wide) as Record<string, object>;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value)).toEqual(['__proto__', 'a']);
    expect('admin' in (value.a ?? {})).toBe(false);
  });
});

describe('strict JSON for all texts', () => {
  it('equals JSON.parse for every value without faults', () => {
    const exact = fc
      .jsonValue()
      .map((value) => JSON.stringify(value))
      .filter((text) => isPlain(JSON.parse(text)));
    fc.assert(
      fc.property(exact, fc.boolean(), (text, escaped) => {
        const written = escaped ? asciiOf(text) : text;
        expect(parseStrictJson(Buffer.from(written), wide)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('finds a name that is written twice, however it is escaped and whatever the strings around it hold', () => {
    const string = fc.string({
      unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', ':', ',', 'a', 'é', '\n'),
    });
    const around = fc.dictionary(string, string, { maxKeys: 5 });
    fc.assert(
      fc.property(around, string, around, fc.boolean(), (before, name, after, escaped) => {
        const members = [...Object.entries(before), [name, 1], ...Object.entries(after), [name, 2]];
        const written = members.map(([n, v]) => `${spell(String(n), escaped)}:${JSON.stringify(v)}`);
        expect(errorOf(`{"in":[{${written.join(',')}}]}`).code).toBe('duplicate-member');
      }),
    );
  });

  it('answers any bytes with a value or a JsonError, as JSON.parse would', () => {
    const noise = fc.string({ unit: fc.constantFrom(...'{}[]:,"\\u0aefd1-.e tru'), maxLength: 40 });
    fc.assert(
      fc.property(noise, (text) => {
        try {
          expect(parseStrictJson(text, wide)).toEqual(JSON.parse(text));
        } catch (error) {
          expect(error).toBeInstanceOf(JsonError);
          if (error instanceof JsonError && error.code === 'syntax') expect(() => JSON.parse(text)).toThrow();
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('counts the names of any text that JSON.parse takes', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(scanJson(text, wide)).toBe(namesIn(JSON.parse(text)));
      }),
    );
  });
});

function asciiOf(text: string): string {
  return text.replaceAll(/[^\0-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function spell(name: string, escaped: boolean): string {
  return escaped
    ? `"${[...name].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`
    : JSON.stringify(name);
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Math.abs(value) <= Number.MAX_SAFE_INTEGER && !Object.is(value, -0);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => name.isWellFormed() && isPlain(member));
}

function namesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((sum: number, member) => sum + namesIn(member), own);
}
