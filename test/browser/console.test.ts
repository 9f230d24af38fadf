import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateEnterprise } from '../../src/demo/generate-enterprises.ts';
import { chromiumMissing, startChromium } from '../support/chromium.ts';
import { recordOf, validationOf } from '../support/messages.ts';
import { type BrowserPair, openBrowserPair } from './open-pair.ts';
import { judgeStates } from './page-states.ts';
import {
  foreignWords,
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
/** What axe judges does not hang on the language: each width is looked at in one of them, in both themes. */
const AXE_WIDTHS = { en: 1280, 'zh-CN': 390 } as const;
const POISONED = ['CN4403960A1B', 'CN4403960A2C'];
const SEED = 2008;
const ROUND = 'CN-US-2008-2';
/** What customs officers write is shown as they wrote it. */
const FINDINGS = [
  {
    criterion: '6.1',
    category: 6,
    obligation: 'must',
    result: 'not-met',
    note: '封条未上锁保管',
    action: '封条专柜上锁并登记',
    dueOn: '2026-01-30',
  },
  { criterion: '9.1', category: 9, obligation: 'must', result: 'met' },
];
/** Where a gateway that has exchanged nothing has nothing to show. */
const EMPTY_PLACES = [
  '/messages',
  '/lanes',
  '/consumers',
  '/dead-letters',
  '/dead-letters?kind=refused',
  '/quarantine',
  '/register',
  '/validations',
  '/reconciliation',
  '/audit?tab=reads',
];
const WITHDRAWN = 'CN4403960A3D';
/** So many that a job about them can be cancelled on its way. */
const REFUSED = Array.from({ length: 900 }, (_, n) => `CN44039${String(n).padStart(5, '0')}`);
const NATIVE = '深圳蓝鲸电子有限公司';
const LATIN = 'Shenzhen Blue Whale Electronics Co., Ltd.';
/** Reasons are words of persons, and stand on the pages of both languages. */
const MENDED = '对方已修复数据库';

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

    it('says on every page of a new gateway that nothing is here yet, in words', async () => {
      const found: Record<string, unknown> = {};
      for (const language of ['en', 'zh-CN'] as const) {
        await using own = await openWatchedPage(browser, language);
        await logIn(own.page, pair.console, pair.tokens.all);
        own.complaints();
        for (const place of EMPTY_PLACES) {
          await own.page.goto(pair.console + place);
          const empty = await own.page
            .locator('main .empty')
            .first()
            .waitFor({ timeout: WAIT_MS })
            .then(() => [])
            .catch(() => ['shows nothing']);
          const words = [...(await missingWords(own.page)), ...(await foreignWords(own.page, language))];
          const wrong = [...empty, ...words, ...own.complaints()];
          if (wrong.length > 0) found[`${language} ${place}`] = wrong;
        }
      }
      expect(found).toEqual({});
    });

    it('is entered with an access token; a wrong one is refused in words', async () => {
      await submit([
        {
          type: 'validation-result',
          data: validationOf('JV-2008-2-07', { round: ROUND, findings: FINDINGS }),
        },
      ]);
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
      for (const subject of POISONED) pair.partner.broken.add(subject);
      await submit([
        ...POISONED.map((id) => submission(id, { native: { text: NATIVE, lang: 'zh-Hans' }, latin: LATIN })),
        ...Array.from({ length: 6 }, (_, n) => submission(`CN44031${String(n).padStart(5, '0')}`, nameOf(n))),
      ]);
      await expect.poll(count('parked'), { timeout: WAIT_MS }).toBe(POISONED.length);
      for (const text of ['蓝鲸', 'blue whale']) {
        await page.goto(`${pair.console}/messages`);
        await page.locator('main input[type=search]').fill(text);
        await page.keyboard.press('Enter');
        await expect
          .poll(() => page.locator('tbody tr', { hasText: 'parked' }).count(), { timeout: WAIT_MS })
          .toBe(POISONED.length);
      }
    });

    const count = (state: string) => async (): Promise<number> =>
      (await pair.client.get<{ count: number }>(`/v1/messages/count?state=${state}`, pair.tokens.all)).count;

    async function firstOf(state: string): Promise<string | undefined> {
      const path = `/v1/messages?state=${state}&limit=1`;
      const { items } = await pair.client.get<{ items: { id: string }[] }>(path, pair.tokens.all);
      return items[0]?.id;
    }

    it('goes from the alarm to the retried backlog in three presses, with a reason, and shows the receipt come', async () => {
      for (const subject of POISONED) pair.partner.broken.delete(subject);
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
      await page.locator('dialog textarea').fill(MENDED);
      await press(page.locator('dialog button[type=submit]'));
      expect(presses).toBeLessThanOrEqual(3);
      await expect.poll(count('parked'), { timeout: WAIT_MS }).toBe(0);
      await page.goto(`${pair.console}/messages?subject=${POISONED[0]}`);
      await page.locator('tbody tr').first().click();
      await page.getByText('receipted').first().waitFor({ timeout: WAIT_MS });
      const { items } = await pair.client.get<{ items: { content: object }[] }>(
        '/v1/ops/audit/entries?limit=200',
        pair.tokens.all,
      );
      expect(JSON.stringify(items)).toContain(MENDED);
    });

    it('shows each attempt with its request and what the partner answered', async () => {
      await page.goto(`${pair.console}/messages?subject=${POISONED[0]}`);
      await page.locator('tbody tr').first().click();
      await page.locator('.attempt', { hasText: '500' }).first().click({ timeout: WAIT_MS });
      const exchange = page.locator('.exchange');
      expect(await exchange.textContent()).toContain('POST /exchange/sets');
      expect(await exchange.locator('pre').textContent()).toContain('"description": "disk block unreadable"');
    });

    it('has trouble of every kind to show', async () => {
      pair.partner.broken.add(WITHDRAWN);
      for (const subject of REFUSED) pair.partner.refused.add(subject);
      await submit([
        submission(WITHDRAWN, { native: { text: NATIVE, lang: 'zh-Hans' }, latin: LATIN }),
        ...REFUSED.map((subject, n) => submission(subject, nameOf(n))),
        ...Array.from({ length: 6 }, (_, n) => submission(`CN44032${String(n).padStart(5, '0')}`, nameOf(n))),
      ]);
      await pair.partnerSendsFaulty(['US10000091', 'US10000092']);
      await pair.makeStream('clearance');
      await pair.partnerSubmits([
        { type: 'enterprise-status', data: generateEnterprise('US', SEED, 1).latest },
      ]);
      await expect.poll(count('parked'), { timeout: WAIT_MS }).toBe(1);
      await expect.poll(count('refused'), { timeout: WAIT_MS }).toBe(REFUSED.length + 2);
      await expect.poll(() => pair.backEnd.calls, { timeout: WAIT_MS }).toBeGreaterThan(0);
    });

    const PLACES = [
      '/',
      '/messages',
      '/lanes?all=true&open=us-cbp/1',
      '/consumers?stream=clearance',
      '/dead-letters',
      '/dead-letters?kind=refused',
      '/quarantine',
      '/register',
      '/register/CN4403960A1B',
      `/validations/${ROUND}`,
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
        const opened = (await firstOf('parked')) ?? '';
        for (const place of [...PLACES, `/messages/${opened}`]) {
          await own.page.goto(pair.console + place);
          await own.page.locator('main h1').first().waitFor({ timeout: WAIT_MS });
          await expect.poll(() => own.page.locator('.skeleton').count(), { timeout: WAIT_MS }).toBe(0);
          await delay(DRAWN_MS);
          const words = [...(await missingWords(own.page)), ...(await foreignWords(own.page, language))];
          await own.page.setViewportSize({ width: 390, height: 800 });
          const wider = await overflow(own.page);
          await own.page.setViewportSize({ width: AXE_WIDTHS[language], height: 800 });
          const light = await violations(own.page);
          await own.page.evaluate("document.documentElement.dataset.theme = 'dark'");
          const dark = await violations(own.page, ['color-contrast']);
          await own.page.evaluate("document.documentElement.dataset.theme = 'light'");
          await own.page.setViewportSize({ width: 1280, height: 800 });
          const wrong = { complaints: own.complaints(), light, dark, words, wider };
          if ([...wrong.complaints, ...light, ...dark, ...words].length > 0 || wider > 0)
            found[place] = wrong;
        }
        expect(found).toEqual({});
      },
      2 * TEST_MS,
    );

    it.each(['en', 'zh-CN'] as const)(
      'in %s every page says that it loads, what is wrong when the gateway cannot answer, and comes back',
      async (language) => {
        await using own = await openWatchedPage(browser, language, language === 'en' ? 1280 : 390);
        await logIn(own.page, pair.console, pair.tokens.all);
        const opened = (await firstOf('parked')) ?? '';
        const found: Record<string, string[]> = {};
        for (const place of [...PLACES, `/messages/${opened}`]) {
          const wrong = await judgeStates(own.page, pair.console + place, language);
          if (wrong.length > 0) found[place] = wrong;
        }
        expect(found).toEqual({});
      },
      2 * TEST_MS,
    );

    /** Presses the button of a dialog that does it, with a reason where one is asked for. */
    async function confirm(on: Page, reason?: string): Promise<void> {
      if (reason !== undefined) await on.locator('dialog textarea').fill(reason, { timeout: WAIT_MS });
      await on.locator('dialog button[type=submit]').click({ timeout: WAIT_MS });
    }

    it('withdraws in bulk when a second person releases it', async () => {
      await page.goto(`${pair.console}/dead-letters?kind=parked`);
      await page.locator('tbody input[type=checkbox]').first().check({ timeout: WAIT_MS });
      await page.locator('main button.danger', { hasText: 'Withdraw' }).click();
      await confirm(page, '企业已注销');
      await page.locator('dialog a', { hasText: 'approvals' }).click({ timeout: WAIT_MS });
      const ours = page.locator('tr', { hasText: '企业已注销' });
      await ours.first().waitFor({ timeout: WAIT_MS });
      expect(await ours.getByRole('button', { name: 'Release' }).count()).toBe(0);
      await using second = await openWatchedPage(browser, 'zh-CN');
      await logIn(second.page, pair.console, pair.tokens.second);
      await second.page.goto(`${pair.console}/access`);
      const asked = second.page.locator('tr', { hasText: '企业已注销' });
      await asked.getByRole('button', { name: '放行' }).click({ timeout: WAIT_MS });
      expect(await second.page.locator('dialog').textContent()).toContain('撤回 1 条搁置报文，其版本作废。');
      await confirm(second.page);
      await expect.poll(count('parked'), { timeout: WAIT_MS }).toBe(0);
      await expect.poll(count('withdrawn'), { timeout: WAIT_MS }).toBe(1);
      await page.goto(`${pair.console}/messages?subject=${WITHDRAWN}`);
      await page.getByText('withdrawn').first().waitFor({ timeout: WAIT_MS });
    });

    it('cancels a job on its way: what is done stays done, the rest stays as it was', async () => {
      await page.goto(`${pair.console}/dead-letters?kind=refused`);
      await page.locator('thead input[type=checkbox]').check({ timeout: WAIT_MS });
      await page.getByRole('button', { name: /^Select all/ }).click();
      await page.locator('main button', { hasText: 'Dismiss' }).click();
      {
        // However fast the job is, it is on its way when it is cancelled.
        await using _held = await pair.holdDeadLetters();
        await confirm(page, '对方规则如此');
        await page.locator('dialog button', { hasText: 'Cancel the rest' }).click({ timeout: WAIT_MS });
        await page.waitForTimeout(300);
      }
      const outcome = page.locator('dialog [role=status]', { hasText: 'cancelled' });
      await outcome.waitFor({ timeout: WAIT_MS });
      const [, done, total] = /([\d,]+) of ([\d,]+) done/.exec((await outcome.textContent()) ?? '') ?? [];
      expect(Number(total)).toBe(REFUSED.length);
      expect(Number(done)).toBeLessThan(REFUSED.length);
      await page.locator('dialog button', { hasText: 'Close' }).click();
      const left = `Resubmit all ${REFUSED.length - Number(done)}`;
      await page.locator('main button', { hasText: left }).waitFor({ timeout: WAIT_MS });
    });

    it('dismisses all of the quarantine, with a count before and a reason', async () => {
      await page.goto(`${pair.console}/quarantine`);
      await page.locator('main button', { hasText: 'Dismiss all' }).click({ timeout: WAIT_MS });
      await page.locator('dialog strong', { hasText: '2' }).waitFor({ timeout: WAIT_MS });
      await confirm(page, '已电告对方');
      await page.locator('dialog button', { hasText: 'Close' }).click({ timeout: WAIT_MS });
      await page.locator('.empty').waitFor({ timeout: WAIT_MS });
      const { items } = await pair.client.get<{ items: unknown[] }>('/v1/ops/quarantine', pair.tokens.all);
      expect(items).toEqual([]);
    });

    it('exports what is filtered, all of it and not the page', async () => {
      await page.goto(`${pair.console}/dead-letters?kind=refused`);
      await page.locator('main button', { hasText: 'Export' }).click({ timeout: WAIT_MS });
      const [download] = await Promise.all([page.waitForEvent('download'), confirm(page)]);
      const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
      expect(lines[0]).toMatch(/^\ufeffid,link,kind,type,subject,.*,nameNative,nameLatin$/);
      expect(lines.length - 1).toBe(await undecided());
      expect(lines[1]).toContain('not on our list');
    });

    async function undecided(): Promise<number> {
      const path = '/v1/ops/dead-letters/groups?kind=refused';
      return (await pair.client.get<{ total: number }>(path, pair.tokens.all)).total;
    }

    it('keeps a filter under a name, goes back to it, and forgets it', async () => {
      await page.goto(`${pair.console}/messages?state=withdrawn&direction=out`);
      await page.getByRole('button', { name: 'Saved' }).click({ timeout: WAIT_MS });
      await page.locator('form.save input').fill('withdrawn by us');
      await page.keyboard.press('Enter');
      await page.goto(`${pair.console}/messages`);
      await page.getByRole('button', { name: 'Saved' }).click({ timeout: WAIT_MS });
      await page.locator('.saved a', { hasText: 'withdrawn by us' }).click();
      await expect.poll(() => new URL(page.url()).search).toBe('?state=withdrawn&direction=out');
      await expect.poll(() => page.locator('tbody tr').count(), { timeout: WAIT_MS }).toBe(1);
      await page.getByRole('button', { name: 'Saved' }).click();
      await page.locator('.saved button').click();
      expect(await page.locator('.saved li').count()).toBe(0);
    });

    it('pauses a lane with a reason, has it go on, and sends it off at once', async () => {
      await page.goto(`${pair.console}/lanes?all=true&open=us-cbp/1`);
      await page.getByRole('button', { name: 'Pause', exact: true }).click({ timeout: WAIT_MS });
      await confirm(page, '等待对方确认');
      const detail = page.locator('.lane-detail');
      await expect
        .poll(() => detail.textContent(), { timeout: WAIT_MS })
        .toMatch(/lin\.hai paused it: 等待对方确认/);
      expect(await page.getByRole('button', { name: 'Send now' }).isDisabled()).toBe(true);
      await page.getByRole('button', { name: 'Resume', exact: true }).click();
      await confirm(page);
      await expect
        .poll(() => detail.textContent(), { timeout: WAIT_MS })
        .not.toMatch(/lin\.hai paused it: 等待对方确认/);
      await page.getByRole('button', { name: 'Send now' }).click();
      await confirm(page);
      await expect.poll(() => page.locator('dialog[open]').count(), { timeout: WAIT_MS }).toBe(0);
      for (const kind of ['lane-resumed', 'lane-triggered', 'lane-paused']) {
        await page.goto(`${pair.console}/audit?tab=entries&kind=${kind}`);
        await page.locator('tbody tr').first().click({ timeout: WAIT_MS });
      }
      await page.locator('main').getByText('等待对方确认').first().waitFor({ timeout: WAIT_MS });
    });

    it('shows own consumers: a stream’s backlog, a webhook that fails, its pause and that it goes on', async () => {
      await page.goto(`${pair.console}/consumers`);
      const webhook = page.locator('tr', { hasText: 'risk-engine' });
      await expect.poll(() => webhook.textContent(), { timeout: WAIT_MS }).toMatch(/failing.*answered 503/);
      expect(await page.locator('tr', { hasText: 'clearance' }).textContent()).toContain('never');
      await webhook.getByRole('button', { name: 'Pause' }).click();
      await confirm(page, '后台系统检修');
      await expect
        .poll(() => webhook.textContent(), { timeout: WAIT_MS })
        .toMatch(/paused.*lin\.hai.*后台系统检修/);
      pair.backEnd.fails = false;
      await webhook.getByRole('button', { name: 'Resume' }).click();
      await confirm(page);
      await expect.poll(() => webhook.textContent(), { timeout: WAIT_MS }).toMatch(/delivering/);
      await expect.poll(() => webhook.textContent(), { timeout: WAIT_MS }).not.toMatch(/failing|503/);
    });

    it('shows who is logged in and ends one; an open page without a session leads to the login and back', async () => {
      await using second = await openWatchedPage(browser, 'zh-CN');
      await logIn(second.page, pair.console, pair.tokens.second);
      await second.page.goto(`${pair.console}/lanes?all=true`);
      await page.goto(`${pair.console}/access`);
      const row = page.locator('section', { hasText: 'Logged in' }).locator('tr', { hasText: 'wang.min' });
      for (let left = await waitForRows(row); left > 0; left--) {
        await row.getByRole('button', { name: 'End' }).first().click({ timeout: WAIT_MS });
        await confirm(page);
        await expect.poll(() => row.count(), { timeout: WAIT_MS }).toBe(left - 1);
      }
      await second.page.locator('form.login').waitFor({ timeout: 2 * WAIT_MS });
      expect(await second.page.textContent('form.login')).toContain('会话已结束');
      await second.page.locator('input[name=token]').fill(pair.tokens.second);
      await second.page.locator('form.login button[type=submit]').click();
      await second.page.locator('#main').waitFor({ timeout: WAIT_MS });
      expect(new URL(second.page.url()).pathname).toBe('/console/lanes');
    });

    async function waitForRows(row: ReturnType<Page['locator']>): Promise<number> {
      await row.first().waitFor({ timeout: WAIT_MS });
      return row.count();
    }

    it('ends unused although its page is open: says so before, and why', async () => {
      await using idle = await openWatchedPage(browser, 'en');
      await idle.page.clock.install();
      await logIn(idle.page, pair.console, pair.tokens.second);
      await idle.page.clock.fastForward('28:30');
      await idle.page.getByText('Unused: the session ends in').waitFor({ timeout: WAIT_MS });
      await pair.ageSessions(31);
      await idle.page.clock.fastForward('02:00');
      await idle.page.getByText('nobody used it').waitFor({ timeout: WAIT_MS });
      // The sessions of the other pages are of the same age.
      await logIn(page, pair.console, pair.tokens.all);
    });

    it('is worked by keyboard alone: places, search, rows, dialogs', async () => {
      await page.goto(`${pair.console}/messages`);
      await page.locator('tbody tr').first().waitFor({ timeout: WAIT_MS });
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.className')).toBe('skip');
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.id')).toBe('main');
      await page.keyboard.press('/');
      expect(await page.evaluate('document.activeElement.type')).toBe('search');
      await page.keyboard.press('Escape');
      await page.evaluate('document.activeElement.blur()');
      await page.keyboard.press('j');
      await page.keyboard.press('j');
      await page.keyboard.press('k');
      await page.keyboard.press('Enter');
      await expect.poll(() => new URL(page.url()).pathname).toMatch(/^\/console\/messages\/[0-9a-f-]{36}$/);
      await page.goto(`${pair.console}/lanes?all=true`);
      await page.locator('tbody tr').first().waitFor({ timeout: WAIT_MS });
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      const pause = page.getByRole('button', { name: 'Pause' });
      await pause.focus({ timeout: WAIT_MS });
      await page.keyboard.press('Enter');
      await page.locator('dialog[open]').waitFor();
      await page.keyboard.press('Escape');
      expect(await page.locator('dialog[open]').count()).toBe(0);
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Pause');
    });

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
