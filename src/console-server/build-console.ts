import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { CONSOLE_FOLDER } from './serve-console.ts';

const SOURCES = fileURLToPath(new URL('../console', import.meta.url));
const LOCK_FILE = fileURLToPath(new URL('../../package-lock.json', import.meta.url));

/** Says of which sources the build in the folder is. */
const STAMP = join(CONSOLE_FOLDER, '.sources');

/** A compressed file that saves less than this is not worth its place. */
const SAVED_BYTES_MIN = 200;

/**
 * Builds the console where the build is missing or of other sources.
 *
 * @returns `built`; `current` where nothing was to do; `tools-missing` where the development dependencies are not
 *   installed, as in a production image, which has its build already
 */
export async function ensureConsole(): Promise<'built' | 'current' | 'tools-missing'> {
  const sources = await hashSources();
  const stamp = existsSync(STAMP) ? await readFile(STAMP, 'utf8') : '';
  if (stamp === sources) return 'current';
  if (!canBuild()) return 'tools-missing';
  await buildConsole(sources);
  return 'built';
}

function canBuild(): boolean {
  try {
    import.meta.resolve('vite');
    return existsSync(SOURCES);
  } catch {
    return false;
  }
}

async function buildConsole(sources: string): Promise<void> {
  const [{ build }, { default: config }] = await Promise.all([
    import('vite'),
    import('../console/vite.config.ts'),
  ]);
  await build({ ...config, configFile: false, logLevel: 'warn' });
  await compressFiles(CONSOLE_FOLDER);
  await mkdir(CONSOLE_FOLDER, { recursive: true });
  // Last: a build that was broken off is made again.
  await writeFile(STAMP, sources);
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

/** Of every source by name and content, and of the versions of the packages. */
async function hashSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const path of [...(await filesOf(SOURCES)), LOCK_FILE, fileURLToPath(import.meta.url)]) {
    hash.update(`${path.slice(SOURCES.length)}\n`).update(await readFile(path));
  }
  return hash.digest('hex');
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

if (import.meta.main) {
  const outcome = await ensureConsole();
  if (outcome === 'tools-missing') {
    console.error('The console is built with development dependencies: run npm ci first.');
    process.exitCode = 1;
  }
}
