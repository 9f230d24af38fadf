import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../../src/console/', import.meta.url));

async function catalogue(name: string): Promise<Record<string, string>> {
  return JSON.parse(await readFile(join(folder, 'locales', name), 'utf8')) as Record<string, string>;
}

const [en, zh] = await Promise.all([catalogue('en.json'), catalogue('zh-CN.json')]);
const pages = await readPages();

async function readPages(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(join(folder, 'page'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
    found.set(entry.name, await readFile(join(entry.parentPath, entry.name), 'utf8'));
  }
  return found;
}

/** Chinese has one form of plural, English two. */
function withoutPlural(key: string): string {
  return key.replace(/_(one|other)$/, '');
}

function places(text: string): string[] {
  return [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? '').toSorted();
}

/** What a page shows without asking the catalogues: text between tags, and attributes that people read. */
function literalsOf(source: string): string[] {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
  const between = [...code.matchAll(/>\s*([^<>{}()=;]*[A-Za-z\u4e00-\u9fff]{2}[^<>{}()=;]*)\s*<\//g)];
  const attributes = [...code.matchAll(/\s(?:title|label|placeholder|aria-label|alt)="([^"]*)"/g)];
  return [...between, ...attributes].map(([, text]) => (text ?? '').trim()).filter((text) => text !== 'mra');
}

describe('the console in two languages', () => {
  it('has every text in both catalogues', () => {
    const keys = (texts: Record<string, string>) => new Set(Object.keys(texts).map(withoutPlural));
    expect([...keys(zh).symmetricDifference(keys(en))]).toEqual([]);
  });

  it('fills the same places in both', () => {
    const differing = Object.keys(zh).filter((key) => {
      const other = en[key] ?? en[`${withoutPlural(key)}_other`] ?? '';
      return places(zh[key] ?? '').join() !== places(other).join();
    });
    expect(differing).toEqual([]);
  });

  it('leaves no text empty, and no English in Chinese but names and units', () => {
    expect(Object.entries({ ...en, ...zh }).filter(([, text]) => text.trim() === '')).toEqual([]);
    const same = Object.keys(zh).filter((key) => zh[key] === en[key] && /[a-z]{3}/.test(zh[key] ?? ''));
    expect(same).toEqual([]);
  });

  it('shows nothing that is not in the catalogues', () => {
    const literals = [...pages].flatMap(([name, source]) =>
      literalsOf(source).map((text) => `${name}: ${text}`),
    );
    expect(literals).toEqual([]);
  });

  it('keeps no text that no page shows', () => {
    const all = [...pages.values()].join('\n');
    const beginnings = [...all.matchAll(/`([\w-]+\.[\w.-]*)\$\{/g)].map(([, beginning]) => beginning ?? '');
    const unused = Object.keys(en)
      .map(withoutPlural)
      .filter(
        (key) => !all.includes(`'${key}'`) && !beginnings.some((beginning) => key.startsWith(beginning)),
      )
      // A code's word is asked for by the name of its group.
      .filter((key) => !all.includes(`'${key.slice(0, key.lastIndexOf('.'))}'`));
    // A state's word is asked for by its badge.
    expect(unused.filter((key) => !key.startsWith('state.'))).toEqual([]);
  });
});
