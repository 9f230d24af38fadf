import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, request as requestTls } from 'node:https';

export interface CertificateFiles {
  ca: string;
  cert: string;
  key: string;
}

/** What goes wrong at a partner, by the subjects of messages. */
export interface Faults {
  /** It answers 500 to every request with a message about one of these, and takes nothing of it. */
  broken: Set<string>;
  /** It refuses these for good, as a partner whose rules say no. */
  refused: Set<string>;
}

/** A partner's exchange listener with faults: requests go on to the real one, over TLS on both sides, unless they fail. */
export interface FailingWay extends AsyncDisposable {
  address: string;
  faults: Faults;
}

const BROKEN = { err: 'internal_error', description: 'disk block unreadable' };
const REFUSED = { err: 'invalid_request', description: '/data/enterprise/id not-allowed: not on our list' };

/** @param partner whose listener it stands before. @param own how it speaks to it: with the sender's certificate */
export async function openFailingWay(
  target: string,
  partner: CertificateFiles,
  own: CertificateFiles,
): Promise<FailingWay> {
  const faults: Faults = { broken: new Set(), refused: new Set() };
  const server = createServer(
    {
      cert: readFileSync(partner.cert),
      key: readFileSync(partner.key),
      ca: readFileSync(own.ca),
      requestCert: true,
    },
    (incoming, outgoing) => {
      void answer(incoming, outgoing).catch(() => outgoing.destroy());
    },
  );
  const client = { cert: readFileSync(own.cert), key: readFileSync(own.key), ca: readFileSync(partner.ca) };

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await read(incoming);
    if (incoming.url !== '/exchange/sets') return pass(incoming, body, outgoing);
    const { sets } = JSON.parse(body.toString()) as { sets: Record<string, string> };
    const about = Object.entries(sets).map(([id, jws]) => ({ id, subject: subjectOf(jws) }));
    if (about.some(({ subject }) => faults.broken.has(subject))) return reply(outgoing, 500, BROKEN);
    const refused = about.filter(({ subject }) => faults.refused.has(subject)).map(({ id }) => id);
    if (refused.length === 0) return pass(incoming, body, outgoing);
    const setErrs = Object.fromEntries(refused.map((id) => [id, REFUSED]));
    const others = Object.fromEntries(Object.entries(sets).filter(([id]) => !refused.includes(id)));
    if (Object.keys(others).length === 0) return reply(outgoing, 202, { ack: [], setErrs });
    const told = await ask(incoming, Buffer.from(JSON.stringify({ sets: others })));
    const said = JSON.parse(told.body.toString()) as { ack?: string[]; setErrs?: object };
    reply(outgoing, told.status, { ack: said.ack ?? [], setErrs: { ...said.setErrs, ...setErrs } });
  }

  async function pass(incoming: IncomingMessage, body: Buffer, outgoing: ServerResponse): Promise<void> {
    const { status, headers, body: told } = await ask(incoming, body);
    outgoing.writeHead(status, { ...headers, 'content-length': told.length }).end(told);
  }

  async function ask({ method, url, headers }: IncomingMessage, body: Buffer) {
    const { host: _host, connection: _connection, 'transfer-encoding': _chunked, ...kept } = headers;
    const sent = requestTls(new URL(url ?? '/', target), {
      ...client,
      method: method ?? 'GET',
      headers: { ...kept, 'content-length': body.length },
    });
    sent.end(body);
    const [told] = (await once(sent, 'response')) as [IncomingMessage];
    const { 'transfer-encoding': _, connection: __, ...answered } = told.headers;
    return { status: told.statusCode ?? 502, headers: answered, body: await read(told) };
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the way has no port');
  return {
    address: `https://127.0.0.1:${address.port}`,
    faults,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function subjectOf(jws: string): string {
  const claims = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as {
    sub_id?: { id?: string };
  };
  return claims.sub_id?.id ?? '';
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function reply(outgoing: ServerResponse, status: number, body: object): void {
  outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** A back end that is called with messages, and fails at them until it is mended. */
export interface FailingBackEnd extends AsyncDisposable {
  url: string;
  fails: boolean;
  calls: number;
}

export async function openFailingBackEnd(): Promise<FailingBackEnd> {
  const server = createPlainServer((incoming, outgoing) => {
    incoming.resume();
    backEnd.calls++;
    outgoing.writeHead(backEnd.fails ? 503 : 204).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const backEnd = {
    url: `http://127.0.0.1:${port}/called`,
    fails: true,
    calls: 0,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return backEnd;
}
