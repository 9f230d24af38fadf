import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import asvs from '../vectors/asvs-5.0.0.json' with { type: 'json' };

const root = join(import.meta.dirname, '../..');
const rows = readFileSync(join(root, 'docs/security/asvs.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| \d/.test(line))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

it('says of every requirement of OWASP ASVS 5.0.0, levels 1 and 2, once, how it stands', () => {
  expect(rows.map(([id]) => id)).toEqual(asvs.requirements);
  for (const [id, level, state, note] of rows) {
    expect(['1', '2'], id).toContain(level);
    expect(['held', 'partly', 'deployment', '–'], id).toContain(state);
    expect(note?.length, id).toBeGreaterThan(3);
  }
});

it('names files and pages that are there', () => {
  const named = rows.flatMap(([, , , note = '']) => [
    ...[...note.matchAll(/`((?:src|test|schemas)\/[^`]*)`/g)].map(([, path = '']) => path),
    ...[...note.matchAll(/\b(docs\/[\w/-]+\.md)/g)].map(([, path = '']) => path),
  ]);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
