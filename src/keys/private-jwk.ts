import { CompactEncrypt, compactDecrypt, errors, type JWK } from 'jose';
import type { Secret } from '../config/secrets.ts';
import { isJsonObject, parseStrictJson } from '../envelope/parse-strict-json.ts';
import { keyFault } from './keys-error.ts';

/** RFC 7518, 4.8. */
const ALG = 'PBES2-HS512+A256KW';
const ENC = 'A256GCM';
/** What OWASP asks of PBKDF2 with SHA-512; a start of the gateway pays it once for each key. */
const ITERATIONS = 210_000;
/** A file that asks for more would only cost time. */
const ITERATIONS_MAX = 2_000_000;

const limits = { depthMax: 4, membersMax: 100 };

/** Encrypts a private key for its file. */
export function sealPrivateJwk(jwk: JWK, passphrase: Secret): Promise<string> {
  return new CompactEncrypt(Buffer.from(JSON.stringify(jwk)))
    .setProtectedHeader({ alg: ALG, enc: ENC, cty: 'jwk+json' })
    .setKeyManagementParameters({ p2c: ITERATIONS })
    .encrypt(Buffer.from(passphrase.reveal()));
}

/** @throws {KeysError} where there is no passphrase, or it is another; without what the file holds */
export async function openPrivateJwk(
  file: string,
  jwe: string,
  passphrase: Secret | undefined,
): Promise<Record<string, unknown>> {
  if (!passphrase) {
    throw keyFault('passphrase', file, 'is encrypted; give its passphrase as MRA_KEYS_PASSPHRASE');
  }
  try {
    const { plaintext } = await compactDecrypt(jwe, Buffer.from(passphrase.reveal()), {
      keyManagementAlgorithms: [ALG],
      contentEncryptionAlgorithms: [ENC],
      maxPBES2Count: ITERATIONS_MAX,
    });
    const jwk = parseStrictJson(plaintext, limits);
    if (isJsonObject(jwk)) return jwk;
  } catch (cause) {
    if (!(cause instanceof errors.JOSEError)) throw cause;
  }
  throw keyFault('passphrase', file, 'is not opened by the passphrase that was given');
}
