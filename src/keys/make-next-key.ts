import type { Config } from '../config/config.ts';
import { type Algorithm, POST_QUANTUM_ALGORITHM } from '../envelope/algorithms.ts';
import { generateDecryptionKey, generateKey } from './generate-key.ts';
import { keyFault } from './keys-error.ts';

const DAY_MS = 86_400_000;

/** How long a new key is valid unless told. */
export const KEY_DAYS = 365;

/**
 * Writes the file of a new signing key beside the others. A crash after it leaves a key that is not announced, which
 * can be announced under its name.
 *
 * @returns its name
 * @throws {KeysError} for an algorithm that the configuration has not switched on
 */
export async function makeNextKey(
  config: Pick<Config, 'party' | 'keys'>,
  alg: Algorithm,
  days: number,
  now: Date,
): Promise<string> {
  if (alg === POST_QUANTUM_ALGORITHM && !config.keys.postQuantum)
    throw keyFault(
      'unsupported-key',
      config.keys.private,
      `${alg} needs keys.postQuantum in the configuration`,
    );
  const { kid } = await generateKey({
    party: config.party,
    alg,
    directory: config.keys.private,
    now,
    passphrase: config.keys.passphrase,
    notAfter: new Date(now.getTime() + days * DAY_MS),
  });
  return kid;
}

/** The same for a key that partners encrypt to. */
export async function makeNextEncryptionKey(
  config: Pick<Config, 'party' | 'keys'>,
  days: number,
  now: Date,
): Promise<string> {
  const { kid } = await generateDecryptionKey({
    party: config.party,
    directory: config.keys.private,
    now,
    passphrase: config.keys.passphrase,
    notAfter: new Date(now.getTime() + days * DAY_MS),
  });
  return kid;
}
