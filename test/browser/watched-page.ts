import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import en from '../../src/console/locales/en.json' with { type: 'json' };

export type Language = 'en' | 'zh-CN';
export type Theme = 'light' | 'dark';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The rules of WCAG 2.2, levels A and AA. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** A page of which every error is kept. */
export interface WatchedPage extends AsyncDisposable {
  page: Page;
  context: BrowserContext;
  /** What the browser complained of since it was asked last: errors, violations of the policy, failed requests. */
  complaints(): string[];
}

export async function openWatchedPage(
  browser: Browser,
  language: Language,
  width = 1280,
  theme: Theme = 'light',
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width, height: 800 }, reducedMotion: 'reduce' });
  await context.addInitScript(
    `localStorage.setItem('mra.language', '${language}'); localStorage.setItem('mra.theme', '${theme}');`,
  );
  const page = await context.newPage();
  let complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || /content security policy/i.test(message.text()))
      complaints.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 500) complaints.push(`${response.status()}: ${response.url()}`);
  });
  return {
    page,
    context,
    complaints() {
      const told = complaints;
      complaints = [];
      return told;
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** Gives the token to the login page, as a person does. */
export async function logIn(page: Page, address: string, token: string): Promise<void> {
  await page.goto(address);
  await page.locator('input[name=token]').fill(token);
  await page.locator('form.login button[type=submit]').click();
  await page.locator('#main').waitFor();
}

/** What axe finds wrong, by rule and place. */
export async function violations(page: Page, only?: readonly string[]): Promise<string[]> {
  await page.evaluate(axe);
  const runOnly = only ? { type: 'rule', values: only } : { type: 'tag', values: RULES };
  // What passes need not be told in full, and no rule of these needs the style sheets fetched again.
  const options = { runOnly, resultTypes: ['violations'], preload: false };
  const found = await page.evaluate<AxeViolation[]>(
    `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations)`,
  );
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(' | ')}`);
}

interface AxeViolation {
  id: string;
  nodes: { target: string[] }[];
}

const GROUPS = new Set(Object.keys(en).map((key) => key.slice(0, key.indexOf('.'))));

/** Keys of the catalogues that are shown in place of their text. */
export async function missingWords(page: Page): Promise<string[]> {
  const text = await page.evaluate<string>('document.body.innerText');
  return (text.match(/\b[a-z][a-z-]*\.[a-z][a-z-]+\b/g) ?? []).filter((found) => {
    const [group = '', word = ''] = found.split('.');
    return GROUPS.has(group) && !/^(ts|js|json|md|mjs|hai)$/.test(word);
  });
}

/** By how many pixels the page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
}

/**
 * Sentences of the other language that are not marked as such: of English in Chinese four small words in a row, outside
 * of what says that it is English, of code, and of what a person wrote.
 */
export async function foreignWords(page: Page, language: Language): Promise<string[]> {
  if (language === 'en') return [];
  return page.evaluate<string[]>(`(() => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.parentElement.closest('[lang=en], code, pre, script, style, .mono')) continue;
      if (/\\b[a-z]+ [a-z]+ [a-z]+ [a-z]+\\b/.test(node.data)) found.push(node.data);
    }
    return found;
  })()`);
}
