import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { environmentForChild } from '../config/env.ts';
import { CONSOLE_FOLDER } from '../console-server/serve-console.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Whatever the build depends on: the page and its words, the code lists, the versions of the packages. */
const SOURCES = [
  'page',
  'locales',
  'vite.config.ts',
  'build-console.ts',
  '../../schemas/codes',
  '../../package-lock.json',
].map(here);

/** Of which sources the build in the folder is. */
const STAMP = '.sources';

/** A compressed file that saves less than this is not worth its place. */
const SAVED_BYTES_MIN = 200;

/**
 * The folder with the built console: as it was built, or built now where this is a checkout and it is missing or of
 * other sources (some seconds).
 *
 * @returns undefined where it is not built and cannot be: without the development dependencies
 */
export async function builtConsole(): Promise<string | undefined> {
  const built = existsSync(join(CONSOLE_FOLDER, 'index.html'));
  // An image has the built console and not what it is built with.
  if (!canBuild()) return built ? CONSOLE_FOLDER : undefined;
  const sources = await hashSources();
  if (built && (await builtFrom()) === sources) return CONSOLE_FOLDER;
  await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url)], {
    env: { ...environmentForChild(), NODE_ENV: 'production' },
  });
  return CONSOLE_FOLDER;
}

/** Of which sources the build in its place is. */
function builtFrom(): Promise<string> {
  return readFile(join(CONSOLE_FOLDER, STAMP), 'utf8').catch(() => '');
}

function canBuild(): boolean {
  try {
    import.meta.resolve('vite');
    return SOURCES.every((path) => existsSync(path));
  } catch {
    return false;
  }
}

/** In a process of its own: React is built by what NODE_ENV says, which is `test` in a test. */
async function build(): Promise<void> {
  const sources = await hashSources();
  const [vite, { default: config }] = await Promise.all([import('vite'), import('./vite.config.ts')]);
  const outDir = `${CONSOLE_FOLDER}.${process.pid}`;
  await vite.build({
    ...config,
    build: { ...config.build, outDir },
    configFile: false,
    logLevel: 'warn',
  });
  await compressFiles(outDir);
  await writeFile(join(outDir, STAMP), sources);
  // Whoever builds at the same time builds the same: the first one's stays, it may be in use already.
  if ((await builtFrom()) === sources) return rm(outDir, { recursive: true });
  await rm(CONSOLE_FOLDER, { recursive: true, force: true });
  await rename(outDir, CONSOLE_FOLDER).catch(() => rm(outDir, { recursive: true, force: true }));
}

/** Beside each file its bytes for browsers that take Brotli or gzip: compressed once, as hard as it goes. */
async function compressFiles(folder: string): Promise<void> {
  for (const path of await filesOf(folder)) {
    if (!/\.(?:js|css|html|svg|json)$/.test(path)) continue;
    const bytes = await readFile(path);
    const brotli = await promisify(brotliCompress)(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY },
    });
    if (bytes.length - brotli.length < SAVED_BYTES_MIN) continue;
    await writeFile(`${path}.br`, brotli);
    await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }));
  }
}

/** Of every source, by name and content. */
async function hashSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const path of (await Promise.all(SOURCES.map(filesOf))).flat()) {
    hash.update(`${path.slice(here('.').length)}\n`).update(await readFile(path));
  }
  return hash.digest('hex');
}

async function filesOf(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => undefined);
  if (!entries) return [path];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

if (import.meta.main) await build();
