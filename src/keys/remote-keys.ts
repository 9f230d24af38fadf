import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { platform } from 'node:process';
import { pathToFileURL } from 'node:url';
import { calculateJwkThumbprint, compactVerify, importJWK, type JWK } from 'jose';
import type { Algorithm } from '../envelope/algorithms.ts';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import type { RemoteKey } from '../envelope/remote-key.ts';
import { signCompact } from '../envelope/sign-compact.ts';
import { keyAlgorithm } from './key-algorithm.ts';
import { isOwnKid, readInstant, readJsonFile, refuseOpenFile } from './key-file.ts';
import type { OwnKey } from './key-ring.ts';
import { keyFault } from './keys-error.ts';
import { publicPart } from './public-jwks.ts';

/**
 * What a signer module exports as `openKey`: it connects to where the key is. The options are those of the key's
 * file; a PIN belongs into the environment of the process and not into them.
 */
export type OpenKey = (
  jwk: JWK & { kid: string },
  options: Readonly<Record<string, unknown>>,
) => Promise<RemoteKey>;

/** A device that does not answer at the start is not there. */
const PROBE_TIMEOUT_MS = 10_000;

/**
 * Loads a key that is not in this process, from `<kid>.signer.json`: `{jwk, notBefore, notAfter?, module, options?}`
 * with the public key and the module that reaches the private one (`pkcs11`, or a file). The module must sign a probe that the public key
 * verifies, so that a wrong slot or object is found at the start and not by the partner.
 *
 * @throws {KeysError} where the file, the module or its signature is not right
 */
export async function loadRemoteKey(file: string): Promise<OwnKey> {
  refuseOpenFile(file);
  const content = readJsonFile(file);
  const { jwk, notBefore, notAfter, module, options = {} } = isJsonObject(content) ? content : {};
  if (!isJsonObject(jwk) || !isOwnKid(jwk.kid) || typeof module !== 'string' || !isJsonObject(options)) {
    throw keyFault('malformed', file, 'is no file of a key that is elsewhere: {jwk, notBefore, module}');
  }
  if (!file.endsWith(`${jwk.kid}.signer.json`)) {
    throw keyFault('malformed', file, `is of the key ${jwk.kid}; the file must bear its name`);
  }
  const named = { ...jwk, kid: jwk.kid } as JWK & { kid: string };
  const alg = keyAlgorithm(named);
  if (!alg)
    throw keyFault('unsupported-key', file, 'names no public key that signatures can be verified with');
  const valid = {
    notBefore: readInstant(file, 'notBefore', notBefore),
    ...(notAfter === undefined ? {} : { notAfter: readInstant(file, 'notAfter', notAfter) }),
  };
  const publicJwk = publicPart(named, { alg, ...valid });
  const key = await open(file, module, named, options);
  await probe(file, publicJwk, alg, key);
  const thumbprint = await calculateJwkThumbprint(publicJwk);
  return { kid: named.kid, alg, thumbprint, key, publicJwk, ...valid };
}

/** The module that comes with the gateway, for tokens of PKCS#11. */
const PKCS11 = 'pkcs11';

async function open(
  file: string,
  module: string,
  jwk: JWK & { kid: string },
  options: Record<string, unknown>,
): Promise<RemoteKey> {
  const path = module === PKCS11 ? PKCS11 : resolve(dirname(file), module);
  if (path !== PKCS11) refuseWritable(file, path);
  try {
    return await (await openerAt(path))(jwk, options);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw keyFault('unreadable', file, `its module ${path} does not open the key: ${said}`, cause);
  }
}

async function openerAt(path: string): Promise<OpenKey> {
  // Not before a key asks for it: it loads Node's interface to foreign functions.
  if (path === PKCS11) return (await import('./pkcs11/open-key.ts')).openKey;
  const loaded: unknown = await import(pathToFileURL(path).href);
  const openKey = typeof loaded === 'object' && loaded ? Reflect.get(loaded, 'openKey') : undefined;
  if (typeof openKey !== 'function') throw new TypeError('it exports no function openKey');
  return openKey as OpenKey;
}

/** The module runs in the gateway: nobody else may write it. */
function refuseWritable(file: string, path: string): void {
  if (platform === 'win32') return;
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode === undefined) throw keyFault('unreadable', file, `its module ${path} does not exist`);
  if ((mode & 0o022) !== 0) {
    throw keyFault('too-open', file, `others may write its module. Run: chmod go-w ${path}`);
  }
}

async function probe(file: string, publicJwk: JWK, alg: Algorithm, key: RemoteKey): Promise<void> {
  try {
    const signed = signCompact({ alg, typ: 'probe' }, file, key);
    const late = new Promise<never>((_, reject) => {
      AbortSignal.timeout(PROBE_TIMEOUT_MS).addEventListener('abort', () => reject(new Error('no answer')));
    });
    await compactVerify(await Promise.race([signed, late]), await importJWK(publicJwk, alg));
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw keyFault('unsupported-key', file, `what its module signs does not verify: ${said}`, cause);
  }
}
