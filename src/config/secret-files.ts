import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import type { ConfigFault } from './config-error.ts';

/** The parts of the configuration whose address may stand in a file. */
const PARTS = ['database', 'queue'] as const;

/**
 * Puts the content of each `urlFile` in the place of `url`, without the line break at its end. The file is read once:
 * who changes a secret starts the process again.
 */
export function readSecretFiles(draft: unknown, folder: string): ConfigFault[] {
  if (!isJsonObject(draft)) return [];
  return PARTS.flatMap((part) => {
    const settings = draft[part];
    if (!isJsonObject(settings) || typeof settings.urlFile !== 'string') return [];
    const pointer = `/${part}/urlFile`;
    if (settings.url !== undefined) return [{ pointer, message: `is given beside /${part}/url; give one` }];
    const file = resolve(folder, settings.urlFile);
    const read = readSecret(file);
    if ('fault' in read) return [{ pointer, message: read.fault }];
    settings.url = read.text;
    return [];
  });
}

function readSecret(file: string): { text: string } | { fault: string } {
  try {
    const text = readFileSync(file, 'utf8').trim();
    return text === '' ? { fault: `${file} is empty` } : { text };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { fault: `${file} cannot be read (${code})` };
  }
}
