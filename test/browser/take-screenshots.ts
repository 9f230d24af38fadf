import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { grantAccess } from '../../src/access/grant-access.ts';
import { scopes } from '../../src/access/roles.ts';
import { appendEntries } from '../../src/audit/append-entries.ts';
import { builtConsole } from '../../src/console/build-console.ts';
import type { DemoSide, DemoSides } from '../../src/demo/demo-side.ts';
import { Ledger } from '../../src/demo/ledger.ts';
import { loadRegisters } from '../../src/demo/load-registers.ts';
import { playPilot } from '../../src/demo/play-pilot.ts';
import { showProgress } from '../../src/demo/progress.ts';
import { sendUrgent } from '../../src/demo/send-urgent.ts';
import { startSides } from '../../src/demo/start-sides.ts';
import { openStore } from '../../src/store/open-store.ts';
import { startChromium } from '../support/chromium.ts';
import { recordOf } from '../support/messages.ts';
import { type Language, logIn, openWatchedPage, type Theme } from './watched-page.ts';

/**
 * Pictures of the real console for the README: both sides of the demo with the story of 2008 and small registers, then
 * with the partner stopped. `npm run screenshots`; `--all` takes every page in both languages, both themes and widths.
 */
const { values } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    out: { type: 'string', default: fileURLToPath(new URL('../../docs/screenshots', import.meta.url)) },
    dir: { type: 'string', default: '.mra/screenshots' },
  },
});

const PLAN = { seed: 2008, sizes: { CN: 1_200, US: 1_600 } };
const URGENT_BACKLOG = 200;
const WAITING = 412;
/** The lane has failed often enough by then for its alert. */
const ALERT_MS = 75_000;
/** Pages draw what has come; charts take a moment. */
const SETTLE_MS = 1_200;

interface Shot {
  name: string;
  path: string;
  language: Language;
  theme: Theme;
  width: number;
  height: number;
}

const shot = (name: string, path: string, more: Partial<Shot> = {}): Shot => ({
  name,
  path,
  language: 'en',
  theme: 'light',
  width: 1280,
  height: 800,
  ...more,
});

const CALM: readonly Shot[] = [
  shot('validations', '/validations/CN-US-2008-2', { height: 1180 }),
  shot('validations-zh', '/validations/CN-US-2008-2', { language: 'zh-CN', theme: 'dark', height: 1180 }),
  shot('register', '/register?status=suspended'),
  shot('audit', '/audit'),
  shot('consumers', '/consumers?stream=clearance'),
  shot('keys', '/keys', { language: 'zh-CN' }),
];

const ALARMED: readonly Shot[] = [
  shot('overview', '/'),
  shot('overview-zh', '/', { language: 'zh-CN', theme: 'dark' }),
  shot('overview-narrow', '/', { width: 390, height: 844 }),
  shot('messages', '/messages'),
  shot('lanes', '/lanes', { language: 'zh-CN' }),
];

const PLACES = [
  '/',
  '/messages',
  '/lanes',
  '/consumers',
  '/dead-letters',
  '/quarantine',
  '/register',
  '/validations',
  '/reconciliation',
  '/keys',
  '/audit',
  '/audit?tab=entries',
  '/audit?tab=reads',
  '/access',
];

function every(mood: string): Shot[] {
  return PLACES.flatMap((path) =>
    (['en', 'zh-CN'] as const).flatMap((language) =>
      (['light', 'dark'] as const).flatMap((theme) =>
        [1280, 390].map((width) =>
          shot(
            `${mood}${path.replaceAll(/[^a-z]+/g, '-').replace(/-$/, '-overview')}-${language}-${theme}-${width}`,
            path,
            { language, theme, width },
          ),
        ),
      ),
    ),
  );
}

async function takeScreenshots(): Promise<void> {
  if ((await builtConsole()) === undefined) throw new Error('the console cannot be built: run npm ci first');
  await mkdir(values.out, { recursive: true });
  await rm(values.dir, { recursive: true, force: true });
  await mkdir(values.dir, { recursive: true });
  await using running = await startSides(join(values.dir, 'demo'));
  const { sides } = running;
  using ledger = new Ledger(join(values.dir, 'demo'));
  await playPilot(sides, ledger);
  await loadRegisters(sides, PLAN, ledger, showProgress('receipted'));
  await sendUrgent(sides, PLAN, URGENT_BACKLOG, ledger, showProgress('receipted'));
  await consume(sides.CN);
  const browser = await startChromium();
  try {
    const token = await grantAll(sides.CN);
    await takeAll(browser, sides.CN, token, values.all ? every('calm') : CALM);
    await failPartner(sides);
    await takeAll(browser, sides.CN, token, values.all ? every('alarm') : ALARMED);
  } finally {
    await browser.close();
  }
}

/** Somebody who may see every page. */
async function grantAll({ dataDir }: DemoSide): Promise<string> {
  await using store = await openStore({ dataDir, retentionDays: 90, connectionsMax: 1 }, silent);
  const grant = { name: 'lin.hai', role: 'operator', scopes: [...scopes], purpose: 'support' } as const;
  return (await grantAccess(store.database, appendEntries, grant, 'screenshots', new Date())).token;
}

const silent = { info() {}, warn() {}, error() {} };

/** A system of our own reads the first of what the partner stated, and is behind with the rest. */
async function consume({ internal, client, tokens: { backend } }: DemoSide): Promise<void> {
  const made = await fetch(`${internal}/v1/streams/clearance`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${backend}`, 'content-type': 'application/json' },
    body: '{}',
  });
  if (!made.ok) throw new Error(`the stream was answered ${made.status}`);
  const poll = (body: object) =>
    client.post<{ sets: Record<string, string> }>('/v1/streams/clearance/poll', backend, body);
  const { sets } = await poll({ maxEvents: 100, returnImmediately: true });
  await poll({ maxEvents: 0, returnImmediately: true, ack: Object.keys(sets) });
}

async function failPartner({ CN, US }: DemoSides): Promise<void> {
  await US[Symbol.asyncDispose]();
  const messages = Array.from({ length: WAITING }, (_, n) => ({
    type: 'enterprise-status',
    data: recordOf(`CN4403${String(n).padStart(6, '0')}`),
  }));
  await CN.client.post('/v1/messages/batch', CN.tokens.backend, { messages });
  await delay(ALERT_MS);
}

async function takeAll(
  browser: Browser,
  side: DemoSide,
  token: string,
  shots: readonly Shot[],
): Promise<void> {
  for (const { name, path, language, theme, width, height } of shots) {
    await using watched = await openWatchedPage(browser, language, width, theme);
    const { page } = watched;
    await page.setViewportSize({ width, height });
    await logIn(page, side.console, token);
    await page.goto(side.console + path);
    await page.locator('main h1').first().waitFor();
    await delay(SETTLE_MS);
    await page.screenshot({ path: join(values.out, `${name}.png`), fullPage: values.all });
    console.log(`${name}.png`);
  }
}

await takeScreenshots();
