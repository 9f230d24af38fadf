import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { ImportCounts } from './import-file.ts';

/** Kept beside the file while it is imported, so that a run that was broken off goes on. */
interface KeptProgress {
  /** The file as it was: another one begins anew. */
  size: number;
  modifiedMs: number;
  link: string;
  counts: ImportCounts;
}

export function progressFile(file: string): string {
  return `${file}.mra-import.json`;
}

/** What an earlier run of the same file for the same link got done; undefined where there is none. */
export async function readProgress(file: string, link: string): Promise<ImportCounts | undefined> {
  try {
    const kept = JSON.parse(await readFile(progressFile(file), 'utf8')) as KeptProgress;
    const now = await fingerprint(file);
    const same = kept.size === now.size && kept.modifiedMs === now.modifiedMs && kept.link === link;
    return same ? kept.counts : undefined;
  } catch {
    return undefined;
  }
}

/** Written whole or not at all. A crash before it leaves lines that are found unchanged. */
export async function keepProgress(file: string, link: string, counts: ImportCounts): Promise<void> {
  const kept: KeptProgress = { ...(await fingerprint(file)), link, counts };
  const target = progressFile(file);
  await writeFile(`${target}.part`, JSON.stringify(kept));
  await rename(`${target}.part`, target);
}

export async function forgetProgress(file: string): Promise<void> {
  await rm(progressFile(file), { force: true });
}

async function fingerprint(file: string): Promise<{ size: number; modifiedMs: number }> {
  const { size, mtimeMs } = await stat(file);
  return { size, modifiedMs: mtimeMs };
}
