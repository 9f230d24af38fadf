import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { availableParallelism } from 'node:os';

export interface Ceiling {
  cores: number;
  /** Of one core. */
  signsPerSecond: number;
  verifiesPerSecond: number;
  /** Messages a second that no gateway on this machine gets near: see measureCeiling. */
  messagesPerSecond: number;
}

/** The bytes of a usual message, header included, in base64url. */
const SIGNED_BYTES = 1700;
const ROUNDS = 5;
const ROUND_MS = 200;

/**
 * The machine's own ceiling: cores ÷ (one ES256 sign + one verify), each timed on one core by OpenSSL as Node calls it,
 * without threads or promises: what the machine would do if it did nothing but cryptography. Best of five rounds.
 */
export function measureCeiling(): Ceiling {
  const cores = availableParallelism();
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const bytes = Buffer.alloc(SIGNED_BYTES, 'x');
  const signer = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const;
  const verifier = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
  const signature = sign('sha256', bytes, signer);
  const signsPerSecond = bestRate(() => sign('sha256', bytes, signer));
  const verifiesPerSecond = bestRate(() => verify('sha256', bytes, verifier, signature));
  const secondsOfBoth = 1 / signsPerSecond + 1 / verifiesPerSecond;
  return { cores, signsPerSecond, verifiesPerSecond, messagesPerSecond: Math.round(cores / secondsOfBoth) };
}

function bestRate(operation: () => unknown): number {
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = performance.now();
    let done = 0;
    for (; performance.now() - startedAt < ROUND_MS; done += 50) for (let n = 0; n < 50; n++) operation();
    best = Math.max(best, (done * 1000) / (performance.now() - startedAt));
  }
  return best;
}
