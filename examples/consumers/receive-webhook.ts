import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { PartnerMessage } from './verify-set.ts';

export interface Receiving {
  /** Secrets as the gateway has them, `whsec_…`: two while one takes the place of the other. */
  secrets: readonly string[];
  verify(jws: string): Promise<PartnerMessage>;
  /** Puts a message where it is kept. A repeat has the same id and must have no second effect. */
  keep(message: PartnerMessage): Promise<void>;
}

/** An older call may be somebody's recording of one. */
const AGE_SECONDS_MAX = 300;
const BODY_BYTES_MAX = 2 * 1024 * 1024;

/**
 * A back end that is called: answers 204 once the message is kept, and then gets the next one. Any other answer brings the
 * same message again, later.
 */
export function webhookReceiver({ secrets, verify, keep }: Receiving): Server {
  return createServer((request, response) => {
    receive(request)
      .then((status) => response.writeHead(status).end())
      .catch((error: unknown) => {
        console.error(String(error));
        response.writeHead(500).end();
      });
  });

  async function receive(request: IncomingMessage): Promise<number> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of request) {
      bytes += (chunk as Buffer).length;
      if (bytes > BODY_BYTES_MAX) return 413;
      chunks.push(chunk as Buffer);
    }
    const body = Buffer.concat(chunks);
    // The bytes as they came: what is parsed and written again is other bytes.
    if (!isSigned(request, body, secrets, Date.now() / 1_000)) return 401;
    const { data } = JSON.parse(body.toString('utf8')) as { data: { set: string } };
    await keep(await verify(data.set));
    return 204;
  }
}

/** Whether a signature of the call is over its id, time and body by one of our secrets, and of now (Standard Webhooks). */
export function isSigned(
  { headers }: Pick<IncomingMessage, 'headers'>,
  body: Buffer,
  secrets: readonly string[],
  nowSeconds: number,
): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': given } = headers;
  if (typeof id !== 'string' || typeof time !== 'string' || typeof given !== 'string') return false;
  if (!(Math.abs(nowSeconds - Number(time)) <= AGE_SECONDS_MAX)) return false;
  const expected = secrets.map((secret) =>
    createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
      .update(`${id}.${time}.`)
      .update(body)
      .digest(),
  );
  return given.split(' ').some((signature) => {
    const bytes = Buffer.from(signature.replace(/^v1,/, ''), 'base64');
    return expected.some((hmac) => hmac.length === bytes.length && timingSafeEqual(hmac, bytes));
  });
}
