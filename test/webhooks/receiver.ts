import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Call {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export type Answer = { status: number; headers?: Record<string, string> } | 'hang';

/** A back end: a real HTTP server that answers as the test says. */
export interface Receiver extends AsyncDisposable {
  url: string;
  calls: Call[];
  /** What it answers from now on; 204 unless told. */
  answer: (call: Call) => Answer;
  /** Ids of the messages that it was called with, repeats included. */
  ids(): string[];
}

export async function startReceiver(): Promise<Receiver> {
  const calls: Call[] = [];
  const receiver = { calls, answer: (): Answer => ({ status: 204 }) } as Pick<Receiver, 'calls' | 'answer'>;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const call = {
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    };
    calls.push(call);
    const answer = receiver.answer(call);
    if (answer !== 'hang') response.writeHead(answer.status, answer.headers).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(receiver, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mra`,
    ids: () => calls.map((call) => String(call.headers['webhook-id'])),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

/** Whether one of the signatures of a call is over its id, time and body with this secret (Standard Webhooks). */
export function isSignedWith(secret: string, { headers, body }: Call): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const expected = createHmac('sha256', key).update(content).digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .some((signature) => {
      const given = Buffer.from(signature.replace(/^v1,/, ''), 'base64');
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
}
