import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import type { CodeList } from './generate-codes.ts';

type Node = { [key: string]: unknown };

/** The schema files that are types of a message; the rest hold definitions for these. */
const messageFiles = [
  'enterprise-status',
  'certification-change',
  'validation-result',
  'version-void',
  'receipt',
  'key-rotation',
  'key-confirmed',
  'ledger-digest',
  'register-digest',
  'resync-request',
];
const options = {
  bannerComment: '',
  additionalProperties: false,
  ignoreMinAndMaxItems: true,
  unreachableDefinitions: false,
  style: { singleQuote: true, printWidth: 110 },
};

/** The types of the messages, with named types for what they share and for coded members. */
export async function messageTypes(folder: string, lists: CodeList[]): Promise<string> {
  const read = (name: string) => JSON.parse(readFileSync(join(folder, `${name}.v1.json`), 'utf8')) as Node;
  const types = new Map(lists.map((list) => [list.list, list.type]));
  const shared = read('common').$defs as Record<string, Node>;
  const used = new Set<string>();
  const plain = (node: unknown) => simplify(node, { shared, types, used });

  const definitions: Record<string, unknown> = {};
  for (const [name, definition] of Object.entries(shared)) {
    if (definition.type === 'object') definitions[pascal(name)] = plain(definition);
  }
  for (const name of messageFiles) definitions[pascal(name)] = plain(read(name));
  const properties = Object.fromEntries(
    messageFiles.map((name) => [name, { $ref: `#/definitions/${pascal(name)}` }]),
  );
  const root = {
    description: 'The data of a message by its type.',
    type: 'object',
    additionalProperties: false,
    required: messageFiles,
    properties,
    definitions,
  };
  const text = await compile(root as JSONSchema, 'MessageData', options);
  return `import type { ${[...used].sort().join(', ')} } from './codes.ts';\n\n${text}`;
}

/** The type of the configuration, once its schema exists. */
export async function configTypes(path: string): Promise<string | undefined> {
  if (!existsSync(path)) return undefined;
  const schema = JSON.parse(readFileSync(path, 'utf8')) as JSONSchema;
  return compile(schema, 'Config', options);
}

interface Context {
  shared: Record<string, Node>;
  types: Map<string, string>;
  used: Set<string>;
}

/** Keeps of a schema what a type can say: no conditions, no titles (which would become aliases). */
function simplify(node: unknown, context: Context): unknown {
  if (typeof node !== 'object' || node === null) return node;
  const { $ref, description, type, properties, required, items, ...rest } = node as Node;
  if (typeof $ref === 'string') return referTo($ref, description, context);
  if (type === undefined && rest.const === undefined) return { description, tsType: 'unknown' };
  if (type === 'array') return { description, type, items: simplify(items, context) };
  if (type !== 'object')
    return { description, type, ...(rest.const === undefined ? {} : { const: rest.const }) };
  const members = Object.entries(properties as Node).map(([name, member]) => [
    name,
    simplify(member, context),
  ]);
  return {
    description,
    type,
    additionalProperties: false,
    required,
    properties: Object.fromEntries(members),
  };
}

function referTo($ref: string, description: unknown, { shared, types, used }: Context): Node {
  const name = $ref.slice($ref.lastIndexOf('/') + 1);
  const code = $ref.startsWith('codes.') ? types.get(name) : undefined;
  if (code !== undefined) {
    used.add(code);
    return { description, tsType: code };
  }
  const definition = shared[name];
  if (definition === undefined) throw new Error(`nothing defines ${$ref}`);
  // A description beside a reference would take the place of the named type's own.
  if (definition.type === 'object') return { $ref: `#/definitions/${pascal(name)}` };
  return { description, type: definition.type };
}

function pascal(kebab: string): string {
  return kebab.replaceAll(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase());
}
