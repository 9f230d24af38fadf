import { setTimeout as delay } from 'node:timers/promises';
import type { Page, Route } from 'playwright-core';
import { foreignWords, type Language, missingWords, overflow, violations } from './watched-page.ts';

/** The answers that a page waits for: all of the API but who is logged in, and what tells of changes. */
const ANSWERS = /\/v1\/(?!session|ops\/events|ops\/alive)/;

/** On a machine that does much else. */
const SHOWN_MS = 10_000;

const UNAVAILABLE = {
  type: 'urn:mra-gateway:problem:unavailable',
  title: 'The gateway cannot do this now',
  status: 503,
  detail: 'This gateway process is stopping. Nothing was done; send the same again.',
  instance: '0192f1f0-0000-7000-8000-000000000001',
};

/** What is wrong with a page while it waits, and when the gateway could not answer; empty where all is well. */
export async function judgeStates(page: Page, address: string, language: Language): Promise<string[]> {
  const wrong: string[] = [];
  const notes = page.locator('main .note.bad', { hasText: UNAVAILABLE.instance });
  const held: Route[] = [];
  let holding = true;
  const answer = (route: Route): Promise<void> =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      body: JSON.stringify(UNAVAILABLE),
    });
  await page.route(ANSWERS, async (route) => {
    if (holding) held.push(route);
    else await answer(route);
  });
  try {
    await page.goto(address);
    await page
      .locator('main .skeleton')
      .first()
      .waitFor({ timeout: SHOWN_MS })
      .catch(() => wrong.push('does not show that it loads'));
    wrong.push(...(await wordsAndWidth(page, language, 'while it loads')));
    holding = false;
    await Promise.all(held.map(answer));
    await notes
      .first()
      .waitFor({ timeout: SHOWN_MS })
      .catch(() => wrong.push('does not show that the answer failed'));
    await delay(200);
    if ((await page.locator('main .skeleton').count()) > 0) wrong.push('goes on as if it still loaded');
    if ((await notes.locator('button').count()) === 0) wrong.push('offers no second try');
    wrong.push(...(await wordsAndWidth(page, language, 'when it failed')));
    wrong.push(...(await violations(page)));
  } finally {
    await page.unroute(ANSWERS);
  }
  // Where something changed on the gateway meanwhile, the page has tried again by itself.
  for (const end = Date.now() + SHOWN_MS; (await notes.count()) > 0 && Date.now() < end; await delay(1_000))
    await notes
      .first()
      .locator('button')
      .first()
      .click({ timeout: 500 })
      .catch(() => undefined);
  for (const left of await notes.allTextContents()) wrong.push(`does not come back by a second try: ${left}`);
  return wrong;
}

async function wordsAndWidth(page: Page, language: Language, when: string): Promise<string[]> {
  const words = [...(await missingWords(page)), ...(await foreignWords(page, language))];
  const wider = await overflow(page);
  return [
    ...words.map((word) => `${when}: ${word}`),
    ...(wider > 0 ? [`${when}: ${wider} pixels too wide`] : []),
  ];
}
