import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DemoSide } from '../src/demo/demo-side.ts';
import { percentile } from './percentile.ts';

/** The calls that a page makes when it is opened, one after another as they were answered. */
export interface PageFigures {
  page: string;
  /** Of the slowest of its calls, at the 95th percentile. */
  p95Ms: number;
  slowest: string;
}

/**
 * Asks what each page of the console asks for when it is opened.
 *
 * @param pages calls by page
 * @param rounds how often each page is opened
 */
export async function measurePages(
  { client }: DemoSide,
  token: string,
  pages: Readonly<Record<string, readonly string[]>>,
  rounds: number,
): Promise<PageFigures[]> {
  const figures: PageFigures[] = [];
  for (const [page, calls] of Object.entries(pages)) {
    let worst: PageFigures = { page, p95Ms: 0, slowest: '' };
    for (const path of calls) {
      const times: number[] = [];
      for (let round = 0; round < rounds && sum(times) < CALL_MS_MAX; round++) {
        const startedAt = performance.now();
        await client.get(path, token);
        times.push(performance.now() - startedAt);
      }
      const p95Ms = Math.round(percentile(times, 95));
      console.error(`  ${page.padEnd(14)} ${String(p95Ms).padStart(6)} ms  ${path}`);
      if (p95Ms >= worst.p95Ms) worst = { page, p95Ms, slowest: path };
    }
    figures.push(worst);
  }
  return figures;
}

/** A call so slow that it fails by far is not repeated as often. */
const CALL_MS_MAX = 10_000;

const sum = (times: readonly number[]): number => times.reduce((total, ms) => total + ms, 0);

/** Bytes that a browser loads before it shows the first page, as they are sent to one that takes Brotli. */
export async function firstLoadBytes(folder: string): Promise<number> {
  const assets = join(folder, 'assets');
  const names = await readdir(assets);
  const first = names.filter((name) => /^(index|overview-page|page-head)[\w-]*\.(js|css)\.br$/.test(name));
  const files = [join(folder, 'index.html.br'), ...first.map((name) => join(assets, name))];
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
