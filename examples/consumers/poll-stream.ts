import type { PartnerMessage } from './verify-set.ts';

export interface Polling {
  /** Internal listener of the gateway. */
  api: string;
  /** Token of role backend, granted with a purpose. */
  token: string;
  stream: string;
  verify(jws: string): Promise<PartnerMessage>;
  /** Puts a message where it is kept. A repeat has the same id and must have no second effect. */
  keep(message: PartnerMessage): Promise<void>;
  stop: AbortSignal;
}

type SetErrs = Record<string, { err: string; description: string }>;

const RETRY_MS = 5_000;

/**
 * A back end that polls its stream (RFC 8936): makes it, then asks again and again, and says in each request what became
 * of the SETs of the one before. A SET is acknowledged when it is kept, not when it arrived: what a crash lost in
 * between is sent again.
 */
export async function pollStream(polling: Polling): Promise<void> {
  await ask(polling, 'PUT', '', {});
  let answers: { ack: string[]; setErrs: SetErrs } = { ack: [], setErrs: {} };
  while (!polling.stop.aborted) {
    try {
      const sets = await ask(polling, 'POST', '/poll', { maxEvents: 100, ...answers });
      answers = await keepAll(polling, sets);
    } catch (error) {
      if (polling.stop.aborted) return;
      // The same answers again: acknowledging twice does nothing.
      console.error(`${String(error)}; asking again in ${RETRY_MS / 1_000} s`);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

async function keepAll({ verify, keep }: Polling, sets: Record<string, string>) {
  const ack: string[] = [];
  const setErrs: SetErrs = {};
  for (const [jti, jws] of Object.entries(sets)) {
    const message = await verify(jws).catch((error: unknown) => String(error));
    if (typeof message === 'string') {
      setErrs[jti] = { err: 'authentication_failed', description: message };
      continue;
    }
    await keep(message);
    ack.push(jti);
  }
  return { ack, setErrs };
}

async function ask(
  { api, token, stream, stop }: Polling,
  method: string,
  path: string,
  body: object,
): Promise<Record<string, string>> {
  const answer = await fetch(`${api}/v1/streams/${stream}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    // Above the half minute that the gateway waits for a SET.
    signal: AbortSignal.any([stop, AbortSignal.timeout(60_000)]),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the gateway answers ${answer.status}: ${text}`);
  return (JSON.parse(text) as { sets?: Record<string, string> }).sets ?? {};
}
