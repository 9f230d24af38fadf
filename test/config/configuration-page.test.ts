import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ENVIRONMENT_SETTINGS } from '../../src/config/env.ts';

interface Schema {
  default?: unknown;
  properties?: Record<string, Schema>;
  items?: Schema;
}

const read = (path: string) => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
const schema: Schema = JSON.parse(read('schemas/config.v1.json'));
/** Tables are padded for the eye; a cell is compared without. */
const page = read('docs/configuration.md').replace(/ {2,}/g, ' ');

/** Every setting with its path as the page writes it, e.g. `links[].retry.firstMs`. */
function settings(node: Schema, path = ''): [string, Schema][] {
  return Object.entries(node.properties ?? {}).flatMap(([name, member]): [string, Schema][] => {
    const at = path === '' ? name : `${path}.${name}`;
    if (member.properties && Object.keys(member.properties).length > 0) return settings(member, at);
    if (member.items?.properties) return settings(member.items, `${at}[]`);
    return [[at, member]];
  });
}

it.each(settings(schema).filter(([name]) => name !== '$schema'))(
  'docs/configuration.md has %s and its default',
  (name, setting) => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
    expect(row).toBeDefined();
    if (setting.default !== undefined) expect(row).toContain(`\`${JSON.stringify(setting.default)}\``);
  },
);

it.each(ENVIRONMENT_SETTINGS)(
  'docs/configuration.md says that $variable replaces its setting',
  ({ variable, path }) => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${path.join('.')}\` |`));
    expect(row).toContain(`\`${variable}\``);
  },
);
