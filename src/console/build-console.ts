import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCES = ['page/', 'locales/'].map((folder) => fileURLToPath(new URL(folder, import.meta.url)));
const BUILT = fileURLToPath(new URL('../../dist/console/', import.meta.url));

/**
 * The folder with the built console: as it was built, or built now where this is a checkout and it is missing or older
 * than its sources (some seconds).
 *
 * @returns undefined where it is not built and cannot be: without the development dependencies
 */
export async function builtConsole(): Promise<string | undefined> {
  const built = await changedAt(join(BUILT, 'index.html'));
  if (built !== undefined && built >= (await latestChange())) return BUILT;
  const vite = await import('vite').catch(() => undefined);
  if (!vite || !SOURCES.every((folder) => existsSync(folder))) return built === undefined ? undefined : BUILT;
  const { default: config } = await import('./vite.config.ts');
  await vite.build({ ...config, configFile: false, logLevel: 'warn' });
  return BUILT;
}

async function changedAt(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.mtimeMs;
}

/** When the sources were last changed; 0 where there are none, as in an image. */
async function latestChange(): Promise<number> {
  let latest = 0;
  for (const folder of SOURCES) {
    if (!existsSync(folder)) continue;
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile())
        latest = Math.max(latest, (await changedAt(join(entry.parentPath, entry.name))) ?? 0);
    }
  }
  return latest;
}
