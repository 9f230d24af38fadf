import { spawnSync } from 'node:child_process';
import { env } from 'node:process';
import { type Browser, chromium } from 'playwright-core';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];

const program = PROGRAMS.map((name) => spawnSync('which', [name], { encoding: 'utf8' }).stdout?.trim()).find(
  Boolean,
);

/** Why tests in a browser cannot run here; undefined where they can. In CI they must. */
export const chromiumMissing = program ? undefined : `none of ${PROGRAMS.join(', ')} is installed`;
if (chromiumMissing && env.CI === 'true')
  throw new Error(`the tests in a browser must run in CI: ${chromiumMissing}`);

/** The machine's own Chromium, without a window. As root it has no sandbox: it opens pages of ours only. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: program ?? '',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}
