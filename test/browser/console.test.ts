import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumMissing, startChromium } from '../support/chromium.ts';
import { recordOf, validationOf } from '../support/messages.ts';
import { type BrowserPair, openBrowserPair } from './open-pair.ts';
import {
  logIn,
  missingWords,
  openWatchedPage,
  overflow,
  violations,
  type WatchedPage,
} from './watched-page.ts';

/** On a machine that does much else. */
const WAIT_MS = 20_000;
const TEST_MS = 90_000;
/** Answers that come at once are drawn by then, and pages that ask again have asked. */
const DRAWN_MS = 200;
const POISONED = ['CN4403960A1B', 'CN4403960A2C'];
const NATIVE = '深圳蓝鲸电子有限公司';
const LATIN = 'Shenzhen Blue Whale Electronics Co., Ltd.';

const nameOf = (n: number): object => ({
  native: { text: `深圳示例第${n}有限公司`, lang: 'zh-Hans' },
  latin: `Shenzhen Example ${n} Co., Ltd.`,
});

function submission(id: string, name: object): object {
  const record = recordOf(id) as { enterprise: object };
  return { type: 'enterprise-status', data: { ...record, enterprise: { ...record.enterprise, name } } };
}

describe.skipIf(chromiumMissing)(
  `the console in Chromium${chromiumMissing ? ` (not run: ${chromiumMissing})` : ''}`,
  { timeout: TEST_MS },
  () => {
    let pair: BrowserPair;
    let browser: Browser;
    let watched: WatchedPage;
    let page: Page;

    beforeAll(async () => {
      [pair, browser] = await Promise.all([openBrowserPair(), startChromium()]);
      watched = await openWatchedPage(browser, 'en');
      page = watched.page;
    }, TEST_MS);
    afterAll(async () => {
      await browser?.close();
      await pair?.[Symbol.asyncDispose]();
    }, TEST_MS);

    async function submit(messages: object[]): Promise<void> {
      await expect
        .poll(
          () =>
            pair.client
              .post<{ accepted: number }>('/v1/messages/batch', pair.tokens.backend, { messages })
              .then(
                ({ accepted }) => accepted,
                () => 'closed',
              ),
          { timeout: WAIT_MS },
        )
        .toBe(messages.length);
    }

    it('is entered with an access token; a wrong one is refused in words', async () => {
      await submit([{ type: 'validation-result', data: validationOf('JV-2008-2-07') }]);
      await page.goto(pair.console);
      await page.locator('input[name=token]').fill('mra_wrong');
      await page.locator('form.login button[type=submit]').click();
      await page.getByRole('alert').waitFor({ timeout: WAIT_MS });
      expect(await page.getByRole('alert').textContent()).toContain('A valid access token is needed');
      await logIn(page, pair.console, pair.tokens.all);
      const cookies = await watched.context.cookies();
      expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict', secure: true }]);
      // The browser itself reports the answers of 401 that the log-in is made of.
      expect(watched.complaints().filter((text) => !text.includes('401'))).toEqual([]);
    });

    it('shows the backlog grow and an alert while the partner is down, and shrink when it is back', async () => {
      await page.goto(pair.console);
      await pair.stopPartner();
      await submit(
        Array.from({ length: 30 }, (_, n) => submission(`CN44030${String(n).padStart(5, '0')}`, nameOf(n))),
      );
      const waiting = page.locator('.direction .waiting b').first();
      await expect.poll(() => waiting.textContent(), { timeout: WAIT_MS }).toBe('30');
      await pair.ageFailures(3);
      await page.locator('.alert').first().waitFor({ timeout: WAIT_MS });
      expect(await page.locator('.alerts').textContent()).toMatch(/us-cbp/i);
      await pair.startPartner();
      await expect.poll(() => waiting.textContent(), { timeout: WAIT_MS }).toBe('0');
    });

    it('finds a parked message by the name of its enterprise, in either script', async () => {
      await pair.breakPartnerAt(POISONED);
      await submit([
        ...POISONED.map((id) => submission(id, { native: { text: NATIVE, lang: 'zh-Hans' }, latin: LATIN })),
        ...Array.from({ length: 6 }, (_, n) => submission(`CN44031${String(n).padStart(5, '0')}`, nameOf(n))),
      ]);
      await expect.poll(parked, { timeout: WAIT_MS }).toBe(POISONED.length);
      for (const text of ['蓝鲸', 'blue whale']) {
        await page.goto(`${pair.console}/messages`);
        await page.locator('main input[type=search]').fill(text);
        await page.keyboard.press('Enter');
        await expect
          .poll(() => page.locator('tbody tr', { hasText: 'parked' }).count(), { timeout: WAIT_MS })
          .toBe(POISONED.length);
      }
    });

    async function parked(): Promise<number> {
      const { items } = await pair.client.get<{ items: unknown[] }>(
        '/v1/messages?state=parked',
        pair.tokens.all,
      );
      return items.length;
    }

    it('goes from the alarm to the retried backlog in three presses, with a reason, and shows the receipt come', async () => {
      await pair.mendPartner();
      await page.goto(pair.console);
      let presses = 0;
      const press = async (target: ReturnType<Page['locator']>): Promise<void> => {
        presses++;
        await target.click({ timeout: WAIT_MS });
      };
      await press(
        page
          .locator('.alert', { hasText: /parked/i })
          .locator('a.button')
          .first(),
      );
      await press(page.locator('main button.main', { hasText: `Retry all ${POISONED.length}` }));
      await page.locator('dialog textarea').fill('the partner mended its database');
      await press(page.locator('dialog button[type=submit]'));
      expect(presses).toBeLessThanOrEqual(3);
      await expect.poll(parked, { timeout: WAIT_MS }).toBe(0);
      await page.goto(`${pair.console}/messages?subject=${POISONED[0]}`);
      await page.locator('tbody tr').first().click();
      await page.getByText('receipted').first().waitFor({ timeout: WAIT_MS });
      const { items } = await pair.client.get<{ items: { content: object }[] }>(
        '/v1/ops/audit/entries?limit=200',
        pair.tokens.all,
      );
      expect(JSON.stringify(items)).toContain('the partner mended its database');
    });

    const PLACES = [
      '/',
      '/messages',
      '/lanes',
      '/consumers',
      '/dead-letters',
      '/quarantine',
      '/register',
      '/register/CN4403960A1B',
      '/validations',
      '/reconciliation',
      '/keys',
      '/audit',
      '/audit?tab=entries',
      '/audit?tab=reads',
      '/access',
    ];

    it.each(['en', 'zh-CN'] as const)(
      'in %s every page is without errors, whole in words, accessible in both themes, and fits 390 pixels',
      async (language) => {
        await using own = await openWatchedPage(browser, language);
        await logIn(own.page, pair.console, pair.tokens.all);
        own.complaints();
        const found: Record<string, unknown> = {};
        for (const place of PLACES) {
          await own.page.goto(pair.console + place);
          await own.page.locator('main h1').first().waitFor({ timeout: WAIT_MS });
          await expect.poll(() => own.page.locator('.skeleton').count(), { timeout: WAIT_MS }).toBe(0);
          await delay(DRAWN_MS);
          const light = await violations(own.page);
          await own.page.evaluate("document.documentElement.dataset.theme = 'dark'");
          const dark = await violations(own.page, ['color-contrast']);
          const words = await missingWords(own.page);
          await own.page.setViewportSize({ width: 390, height: 800 });
          const wider = await overflow(own.page);
          await own.page.setViewportSize({ width: 1280, height: 800 });
          const wrong = { complaints: own.complaints(), light, dark, words, wider };
          if ([...wrong.complaints, ...light, ...dark, ...words].length > 0 || wider > 0)
            found[place] = wrong;
        }
        expect(found).toEqual({});
      },
    );

    it('loads its first page within 300 kB compressed', async () => {
      await using own = await openWatchedPage(browser, 'en');
      const client = await own.context.newCDPSession(own.page);
      await client.send('Network.enable');
      let bytes = 0;
      client.on('Network.loadingFinished', ({ encodedDataLength }) => {
        bytes += encodedDataLength;
      });
      await logIn(own.page, pair.console, pair.tokens.all);
      await own.page.locator('.direction').first().waitFor({ timeout: WAIT_MS });
      expect(bytes).toBeGreaterThan(50_000);
      expect(bytes).toBeLessThanOrEqual(300_000);
    });

    it('has bull-board behind the same login, to be looked at only', async () => {
      await using own = await openWatchedPage(browser, 'en');
      await own.page.goto(`${pair.console}/queues`);
      await own.page.locator('input[name=token]').fill(pair.tokens.all);
      await own.page.locator('form.login button[type=submit]').click();
      await own.page.getByText('lanes').first().waitFor({ timeout: WAIT_MS });
      expect(new URL(own.page.url()).pathname).toBe('/console/queues');
      expect(own.complaints().filter((text) => !text.includes('401'))).toEqual([]);
      const statuses = await own.page.evaluate<number[]>(`(async () => {
        const look = await fetch('/console/queues/api/queues');
        const { csrf } = await (await fetch('/v1/session')).json();
        const headers = { 'x-csrf-token': csrf };
        const change = await fetch('/console/queues/api/queues/lanes/pause', { method: 'PUT', headers });
        return [look.status, change.status];
      })()`);
      expect(statuses).toEqual([200, 405]);
    });
  },
);
