import { hash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { Cryptoki, mechanisms } from './cryptoki.ts';
import { TokenError } from './token-error.ts';
import type { TokenAnswer, TokenKey, TokenRequest } from './token-request.ts';

/** A thread of its own for one library: its calls block until the device has answered, and the gateway goes on. */
const port = parentPort;
if (!port) throw new Error('this runs in a worker thread');

let cryptoki: Cryptoki | undefined;
const sessions = new Map<string, { session: bigint; key: bigint }>();

port.on('message', (request: TokenRequest) => {
  let answer: TokenAnswer;
  try {
    answer = { number: request.number, signature: act(request) };
  } catch (error) {
    answer = { number: request.number, error: error instanceof Error ? error.message : String(error) };
  }
  port.postMessage(answer);
});

function act({ key, alg, input }: TokenRequest): Uint8Array {
  const mechanism = mechanisms[alg];
  if (!mechanism) throw new Error(`PKCS#11 signs no ${alg} here`);
  const bytes = mechanism.hash ? hash(mechanism.hash, input, 'buffer') : input;
  const sign = (): Uint8Array => {
    cryptoki ??= new Cryptoki(key.library);
    const held = opened(cryptoki, key);
    return cryptoki.sign(held.session, held.key, mechanism, bytes);
  };
  try {
    return sign();
  } catch (error) {
    if (!(error instanceof TokenError) || !error.isSessionLost) throw error;
    sessions.clear();
    return sign();
  }
}

function opened(library: Cryptoki, { token, label, pin }: TokenKey): { session: bigint; key: bigint } {
  const name = JSON.stringify([token, label]);
  let held = sessions.get(name);
  if (!held) {
    const session = library.openSession(token, pin);
    held = { session, key: library.findKey(session, label) };
    sessions.set(name, held);
  }
  return held;
}
