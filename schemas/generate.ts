import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { codeConstants, codeSchema, readCodeLists } from './generate-codes.ts';
import { problemsPage } from './generate-problems.ts';
import { configTypes, messageTypes } from './generate-types.ts';

const root = join(import.meta.dirname, '..');
const schemaBase = 'https://mra-gateway.example/schemas/messages/';

/** Every generated file by its path, with the text it must have. */
async function generated(): Promise<Map<string, string>> {
  const lists = readCodeLists(join(root, 'schemas/codes'));
  const files = new Map<string, string>();
  files.set('schemas/messages/codes.v1.json', codeSchema(lists, schemaBase));
  files.set('src/generated/codes.ts', header('schemas/codes/*.json') + codeConstants(lists));
  // The types are made from the schemas as written, so what precedes them must be on disk or in hand.
  const messages = await messageTypes(join(root, 'schemas/messages'), lists);
  files.set('src/generated/messages.ts', header('schemas/messages/*.v1.json') + messages);
  const config = await configTypes(join(root, 'schemas/config.v1.json'));
  if (config !== undefined) files.set('src/generated/config.ts', header('schemas/config.v1.json') + config);
  files.set('docs/problems.md', problemsPage());
  return files;
}

function header(source: string): string {
  return `// Generated from ${source} by schemas/generate.ts; not to be edited.\n\n`;
}

function onDisk(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

const check = process.argv.includes('--check');
for (const [name, text] of await generated()) {
  const path = join(root, name);
  if (onDisk(path) === text) continue;
  if (check) {
    console.error(`${relative(root, path)} differs from its source: run npm run generate`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    console.log(`wrote ${relative(root, path)}`);
  }
}
