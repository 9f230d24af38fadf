import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { builtConsole } from '../../src/console/build-console.ts';

/** What a browser loads before it shows the first page, compressed. */
const FIRST_LOAD_MAX = 300_000;

interface Chunk {
  file: string;
  isEntry?: boolean;
  imports?: string[];
  css?: string[];
}

const folder = (await builtConsole()) ?? '';
const manifest = JSON.parse(await readFile(join(folder, '.vite/manifest.json'), 'utf8')) as Record<
  string,
  Chunk
>;

/** The files of these chunks and of all that they import at once. */
function filesOf(names: readonly string[], found = new Set<string>()): Set<string> {
  for (const name of names) {
    const chunk = manifest[name];
    if (!chunk || found.has(chunk.file)) continue;
    found.add(chunk.file);
    for (const css of chunk.css ?? []) found.add(css);
    filesOf(chunk.imports ?? [], found);
  }
  return found;
}

async function compressed(file: string): Promise<number> {
  return gzipSync(await readFile(join(folder, file))).length;
}

describe('the built console', () => {
  it('loads the overview within 300 kB compressed', async () => {
    const entries = Object.keys(manifest).filter((name) => manifest[name]?.isEntry);
    const files = filesOf([...entries, 'overview/overview-page.tsx']);
    const sizes = await Promise.all(['index.html', ...files].map(compressed));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    expect(files.size).toBeGreaterThan(2);
    expect(total).toBeLessThanOrEqual(FIRST_LOAD_MAX);
  });

  it('has a page without scripts or styles of its own, so that a strict policy holds', async () => {
    const html = await readFile(join(folder, 'index.html'), 'utf8');
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/);
    expect([...html.matchAll(/<script(?![^>]*\ssrc=)/g)]).toEqual([]);
  });

  it('asks no other host', async () => {
    const files = Object.values(manifest).flatMap(({ file, css = [] }) => [file, ...css]);
    for (const file of files) {
      const text = await readFile(join(folder, file), 'utf8');
      const hosts = [...text.matchAll(/(?:fetch\(|import\(|url\()\s*["'`]?(https?:\/\/[^"'`)]+)/g)];
      expect(hosts.map(([, url]) => `${file}: ${url}`)).toEqual([]);
    }
  });
});
