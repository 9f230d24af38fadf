import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { Worker } from 'node:worker_threads';
import { readPkcs11Pin } from '../../config/env.ts';
import type { RemoteKey } from '../../envelope/remote-key.ts';
import { keyAlgorithm } from '../key-algorithm.ts';
import { refuseOpenFile } from '../key-file.ts';
import type { OpenKey } from '../remote-keys.ts';
import type { TokenAnswer, TokenKey, TokenRequest } from './token-request.ts';

/**
 * A key in a PKCS#11 token: a hardware security module, a smart card, SoftHSM. Options: `library` (the vendor's library,
 * an absolute path), `token` and `label` (of the token and of the private key), and `pinFile` (an absolute path; mode 0600) where
 * the PIN is not in MRA_PKCS11_PIN.
 */
export const openKey: OpenKey = async (jwk, options): Promise<RemoteKey> => {
  const alg = keyAlgorithm(jwk);
  if (!alg) throw new Error('its public key is of no algorithm that signs here');
  const library = textOf(options, 'library');
  if (!isAbsolute(library)) throw new Error('options.library must be an absolute path');
  const key: TokenKey = {
    library,
    token: textOf(options, 'token'),
    label: textOf(options, 'label'),
    pin: readPin(options.pinFile),
  };
  return { sign: (input) => threadOf(library).sign({ key, alg, input }) };
};

function textOf(options: Readonly<Record<string, unknown>>, name: string): string {
  const value = options[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`options.${name} must be a text`);
}

function readPin(file: unknown): string {
  if (typeof file === 'string') {
    if (!isAbsolute(file)) throw new Error('options.pinFile must be an absolute path');
    refuseOpenFile(file);
    return readFileSync(file, 'utf8').trimEnd();
  }
  const pin = readPkcs11Pin();
  if (pin === undefined) throw new Error('no PIN: set MRA_PKCS11_PIN, or options.pinFile');
  return pin;
}

interface Waiting {
  done(signature: Uint8Array): void;
  failed(error: Error): void;
}

/** One thread a library: it is initialised once in a process, and its tokens sign one after the other. */
class TokenThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #number = 0;

  constructor(library: string) {
    this.#worker = new Worker(new URL('token-worker.ts', import.meta.url));
    this.#worker.unref();
    this.#worker.on('message', (answer: TokenAnswer) => this.#settle(answer));
    this.#worker.on('error', (error) => {
      threads.delete(library);
      for (const { failed } of this.#waiting.values()) failed(error as Error);
      this.#waiting.clear();
    });
  }

  sign(asked: Omit<TokenRequest, 'number'>): Promise<Uint8Array> {
    const number = ++this.#number;
    return new Promise((done, failed) => {
      this.#waiting.set(number, { done, failed });
      // A process that waits for a signature does not end before it.
      this.#worker.ref();
      this.#worker.postMessage({ ...asked, number } satisfies TokenRequest);
    });
  }

  #settle(answer: TokenAnswer): void {
    const waiting = this.#waiting.get(answer.number);
    this.#waiting.delete(answer.number);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ('signature' in answer) waiting?.done(answer.signature);
    else waiting?.failed(new Error(answer.error));
  }
}

const threads = new Map<string, TokenThread>();

function threadOf(library: string): TokenThread {
  let thread = threads.get(library);
  if (!thread) {
    thread = new TokenThread(library);
    threads.set(library, thread);
  }
  return thread;
}
