import { readFile, stat } from 'node:fs/promises';
import { createLocalJWKSet, createRemoteJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';

/** Finds the key of the identity provider that a token's header asks for. */
export type ProviderKeys = JWTVerifyGetKey;

/** A key that the provider withdraws is believed no longer than this. */
const BELIEVED_MS = 10 * 60_000;
/** A token with an unknown `kid` makes us ask again, but no more often than this, whoever sends how many. */
const ASK_AGAIN_MS = 30_000;
const TIMEOUT_MS = 5_000;

/** Keys at an address of the internal network that the configuration names; never one that a token names. */
export function keysAtAddress(url: string): ProviderKeys {
  return createRemoteJWKSet(new URL(url), {
    cacheMaxAge: BELIEVED_MS,
    cooldownDuration: ASK_AGAIN_MS,
    timeoutDuration: TIMEOUT_MS,
  });
}

/** Keys in a file that somebody keeps up to date: it is read again when it has changed. */
export function keysInFile(file: string): ProviderKeys {
  let read: { at: number; changedMs: number; keys: ProviderKeys } | undefined;
  return async (header, token) => {
    if (!read || Date.now() - read.at >= ASK_AGAIN_MS) {
      const { mtimeMs } = await stat(file);
      const keys = read?.changedMs === mtimeMs ? read.keys : await readKeys(file);
      read = { at: Date.now(), changedMs: mtimeMs, keys };
    }
    return read.keys(header, token);
  };
}

async function readKeys(file: string): Promise<ProviderKeys> {
  // createLocalJWKSet checks that it is a list of keys.
  return createLocalJWKSet(JSON.parse(await readFile(file, 'utf8')) as JSONWebKeySet);
}
