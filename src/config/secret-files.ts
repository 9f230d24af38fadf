import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import type { ConfigFault } from './config-error.ts';

/** The settings of the configuration that may stand in a file of their own, named by `<setting>File`. */
const SECRETS = [
  ['database', 'url'],
  ['queue', 'url'],
  ['keys', 'passphrase'],
  ['notifications', 'webhookSecret'],
] as const;

/**
 * Puts the content of each `urlFile` in the place of `url`, and so on, without the line break at its end. The file is read once:
 * who changes a secret starts the process again.
 */
export function readSecretFiles(draft: unknown, folder: string): ConfigFault[] {
  if (!isJsonObject(draft)) return [];
  return SECRETS.flatMap(([part, name]) => {
    const settings = draft[part];
    const named = isJsonObject(settings) ? settings[`${name}File`] : undefined;
    if (!isJsonObject(settings) || typeof named !== 'string') return [];
    const pointer = `/${part}/${name}File`;
    if (settings[name] !== undefined) {
      return [{ pointer, message: `is given beside /${part}/${name}; give one` }];
    }
    const file = resolve(folder, named);
    const read = readSecret(file);
    if ('fault' in read) return [{ pointer, message: read.fault }];
    settings[name] = read.text;
    return [];
  });
}

/** Puts the content of each webhook's `secretFiles` in the place of `secrets`. */
export function readWebhookSecrets(draft: unknown, folder: string): ConfigFault[] {
  const webhooks = isJsonObject(draft) && Array.isArray(draft.webhooks) ? draft.webhooks : [];
  return webhooks.flatMap((webhook, index) => {
    if (!isJsonObject(webhook)) return [];
    const at = `/webhooks/${index}`;
    const { secrets, secretFiles: files } = webhook;
    if ((secrets === undefined) === (files === undefined)) {
      return [{ pointer: at, message: 'must have secretFiles or secrets, one of the two' }];
    }
    if (!Array.isArray(files)) return [];
    const read = files.map((name) =>
      typeof name === 'string' ? readSecret(resolve(folder, name)) : { fault: 'must be a path' },
    );
    webhook.secrets = read.flatMap((secret) => ('text' in secret ? [secret.text] : []));
    return read.flatMap((secret, n) =>
      'fault' in secret ? [{ pointer: `${at}/secretFiles/${n}`, message: secret.fault }] : [],
    );
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
