import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { exchangeErrorBody } from './exchange-errors.ts';
import { Problem, problemDocument } from './problem.ts';

/**
 * Bytes that are no HTTP request, or are not one in time, never reach a route: they are answered on the bare socket,
 * and it is closed.
 */
export function answerBrokenRequest(
  error: Error & { code?: string },
  socket: Socket,
  listener: 'internal' | 'exchange',
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = problemOfBytes(error.code);
  const [type, body] =
    listener === 'internal'
      ? ['application/problem+json', problemDocument(problem)]
      : ['application/json', exchangeErrorBody(problem)];
  const text = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n` +
      `Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  );
}

function problemOfBytes(code: string | undefined): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new Problem('headers-too-large', { detail: 'Send a shorter header.' });
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Problem('too-slow', {
        detail: 'The request did not arrive in time. Send it again, at once.',
      });
    default:
      return new Problem('malformed', { detail: 'This is not an HTTP request.' });
  }
}
