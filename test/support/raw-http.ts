import type { Socket } from 'node:net';

/** One HTTP/1.1 answer as it came over a bare connection. */
export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** What came back, and whether the other side closed the connection. */
export interface RawTalk {
  answers: RawAnswer[];
  closed: boolean;
}

/** Bytes to send, after a pause. */
export interface RawChunk {
  bytes: Buffer;
  afterMs?: number;
}

export interface RawTalkOptions {
  /** Answers to wait for; with one more it would be too late, so a little longer is listened. */
  answers: number;
  timeoutMs?: number;
  /** Wait for the other side to close, once the answers are there. */
  untilClosed?: boolean;
  /** Close our side once all is sent. */
  end?: boolean;
}

/** A surplus answer, of a smuggled request, comes at once behind the expected one. */
const SURPLUS_MS = 25;

/**
 * Writes bytes to a connection as they are and reads the answers: nothing in between repairs, completes or refuses
 * what is written.
 */
export async function talkRaw(
  socket: Socket,
  chunks: readonly RawChunk[],
  options: RawTalkOptions,
): Promise<RawTalk> {
  const received: Buffer[] = [];
  let closed = false;
  const changed = new EventTarget();
  const wake = () => changed.dispatchEvent(new Event('change'));
  socket.on('data', (data: Buffer) => {
    received.push(data);
    wake();
  });
  for (const event of ['end', 'close', 'error'] as const) {
    socket.on(event, () => {
      closed = true;
      wake();
    });
  }
  const deadline = Date.now() + (options.timeoutMs ?? 10_000);
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      changed.addEventListener('change', () => resolve(clearTimeout(timer)), { once: true });
    });
  try {
    for (const { bytes, afterMs } of chunks) {
      for (const until = Date.now() + (afterMs ?? 0); !closed && Date.now() < until; )
        await pause(until - Date.now());
      if (closed) break;
      socket.write(bytes);
    }
    if (options.end) socket.end();
    let grace = 0;
    for (;;) {
      const answers = readAnswers(Buffer.concat(received));
      const left = deadline - Date.now();
      if (closed || left <= 0) return { answers, closed };
      if (answers.length >= options.answers && !options.untilClosed) {
        grace ||= Date.now() + SURPLUS_MS;
        if (answers.length > options.answers || Date.now() >= grace) return { answers, closed };
      }
      await pause(Math.min(left, grace ? Math.max(1, grace - Date.now()) : left));
    }
  } finally {
    socket.destroy();
  }
}

/** Reads the complete answers in what came so far. */
function readAnswers(bytes: Buffer): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const headEnd = bytes.indexOf('\r\n\r\n', at);
    if (headEnd < 0) break;
    const [line = '', ...fields] = bytes.toString('latin1', at, headEnd).split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(line)?.[1]);
    if (Number.isNaN(status)) throw new Error(`this is no status line: ${line.slice(0, 100)}`);
    const headers = Object.fromEntries(
      fields.map((field) => {
        const colon = field.indexOf(':');
        return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
      }),
    );
    const body = bodyAt(bytes, headEnd + 4, status, headers);
    if (!body) break;
    answers.push({ status, headers, body: body.text });
    at = body.end;
  }
  return answers;
}

function bodyAt(
  bytes: Buffer,
  start: number,
  status: number,
  headers: Record<string, string>,
): { text: string; end: number } | undefined {
  if (status < 200 || status === 204) return { text: '', end: start };
  if (headers['transfer-encoding'] === 'chunked') return chunkedAt(bytes, start);
  const end = start + Number(headers['content-length'] ?? 0);
  return end <= bytes.length ? { text: bytes.toString('utf8', start, end), end } : undefined;
}

function chunkedAt(bytes: Buffer, start: number): { text: string; end: number } | undefined {
  let text = '';
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const end = lineEnd + 2 + size + 2;
    if (end > bytes.length) return undefined;
    if (size === 0) return { text, end };
    text += bytes.toString('utf8', lineEnd + 2, end - 2);
    at = end;
  }
}
