import { describe, expect, test } from 'vitest';
import { schemaIssueCodes } from '../../src/contract/issue.ts';
import { readSchemas, type SchemaDocuments, schemaDocuments } from '../../src/contract/schemas.ts';
import { findShapeErrors, inOrder } from './judge-vector.ts';
import { invalidVectors, type Vector, validVectors } from './read-vectors.ts';

type Path = readonly (string | number)[];

/** Keywords whose value is dropped whole; of a `required` and an `allOf` each entry by itself. */
const droppable = new Set([
  'pattern',
  'format',
  'enum',
  'const',
  '$ref',
  'additionalProperties',
  'minItems',
  'maxItems',
  'uniqueItems',
  'maxLength',
  'minimum',
  'maximum',
]);

/** Keywords whose members are schemas under names of their own. */
const namedSchemas = new Set(['properties', '$defs']);

/** Every place in a document from which something can be taken away. */
function* places(node: unknown, path: Path = []): Generator<Path> {
  if (node === false) yield path;
  if (typeof node !== 'object' || node === null) return;
  for (const [keyword, value] of Object.entries(node)) {
    const here = [...path, keyword];
    if (keyword === 'required') for (const i of value.keys()) yield [...here, i];
    // An empty allOf is no schema.
    if (keyword === 'allOf' && value.length === 1) yield here;
    if (keyword === 'allOf' && value.length > 1) for (const i of value.keys()) yield [...here, i];
    if (droppable.has(keyword)) yield here;
    if (keyword === 'examples' || keyword === 'additionalProperties') continue;
    if (!namedSchemas.has(keyword)) yield* places(value, here);
    else for (const [name, schema] of Object.entries(value)) yield* places(schema, [...here, name]);
  }
}

function without(document: object, path: Path): object {
  const copy = structuredClone(document);
  let parent: object = copy;
  for (const step of path.slice(0, -1)) parent = Reflect.get(parent, step);
  const last = path.at(-1) ?? '';
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else Reflect.deleteProperty(parent, last);
  return copy;
}

const vectors = [...validVectors, ...invalidVectors];
const bySchema = Map.groupBy(vectors, ({ type }) => type);

/** What the schema, and not a rule, is named for in a vector. */
const expected = new Map<Vector, string>(
  vectors.map((vector) => {
    const own = vector.errors.filter(({ code }) => (schemaIssueCodes as readonly string[]).includes(code));
    return [vector, JSON.stringify(inOrder(own))];
  }),
);

function notices(documents: SchemaDocuments, name: string): boolean {
  const find = readSchemas(documents);
  const types = bySchema.has(name) ? [name] : [...bySchema.keys()];
  return types.some((type) =>
    bySchema.get(type)?.some((vector) => {
      return JSON.stringify(inOrder(findShapeErrors(vector, find, documents))) !== expected.get(vector);
    }),
  );
}

describe('every part of the schemas is needed: without it some vector is judged otherwise', () => {
  test.each(Object.entries(schemaDocuments))('%s', (name, document) => {
    const unnoticed: string[] = [];
    let count = 0;
    for (const path of places(document)) {
      count++;
      const documents = { ...schemaDocuments, [name]: without(document, path) };
      if (!notices(documents, name)) unnoticed.push(`/${path.join('/')}`);
    }
    expect(unnoticed).toEqual([]);
    expect(count).toBeGreaterThan(2);
  });
});
