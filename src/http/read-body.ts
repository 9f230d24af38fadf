import type { FastifyInstance, FastifyRequest } from 'fastify';
import { JsonError } from '../envelope/json-error.ts';
import { type JsonLimits, parseStrictJson } from '../envelope/parse-strict-json.ts';
import { Problem } from './problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it came; empty when there was none. */
    bodyBytes: Buffer;
  }
  interface FastifyContextConfig {
    /** Bounds of the JSON body; jsonLimits unless told. */
    json?: JsonLimits;
    /** Also take `application/x-ndjson`: the body is then a list of NdjsonLine. */
    ndjson?: boolean;
  }
}

/** A line of `application/x-ndjson`; a malformed one spoils only itself. */
export type NdjsonLine = { value: unknown } | { fault: JsonError };

/** Far above what a message of 256 KiB needs, far below what would hurt. */
export const jsonLimits: JsonLimits = { depthMax: 32, membersMax: 50_000 };

/** Ten times what a batch takes, so that the route can say how many is too many. */
const LINES_MAX = 10_000;

/** Bodies are parsed by the strict parser; the bytes are kept for hashing. Any other media type is a 415. */
export function readBodies(server: FastifyInstance): void {
  decorateBytes(server);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, bytes: Buffer) => {
      assertPlain(request);
      request.bodyBytes = bytes;
      return parseStrictJson(bytes, request.routeOptions.config.json ?? jsonLimits);
    },
  );
  server.addContentTypeParser(
    'application/x-ndjson',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, bytes: Buffer) => {
      assertPlain(request);
      if (!request.routeOptions.config.ndjson) {
        throw new Problem('unsupported-media-type', {
          detail: 'Only batches come as application/x-ndjson. Send application/json.',
        });
      }
      request.bodyBytes = bytes;
      return readLines(bytes, request.routeOptions.config.json ?? jsonLimits);
    },
  );
}

/** A SET alone (RFC 8935): the body is its text, as it came. */
export function readSetBodies(server: FastifyInstance): void {
  server.addContentTypeParser(
    'application/secevent+jwt',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, bytes: Buffer) => {
      assertPlain(request);
      request.bodyBytes = bytes;
      return bytes.toString('latin1');
    },
  );
}

const noBytes = Buffer.alloc(0);

function decorateBytes(server: FastifyInstance): void {
  const bytesOf = new WeakMap<FastifyRequest, Buffer>();
  server.decorateRequest('bodyBytes', {
    getter(this: FastifyRequest) {
      return bytesOf.get(this) ?? noBytes;
    },
    setter(this: FastifyRequest, bytes: Buffer) {
      bytesOf.set(this, bytes);
    },
  });
}

/** Compressed bodies are not taken: their limit would count the wrong bytes. JSON is UTF-8 (RFC 8259, section 8.1). */
function assertPlain(request: FastifyRequest): void {
  const coding = request.headers['content-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'identity') {
    throw new Problem('unsupported-media-type', { detail: 'Send the body without Content-Encoding.' });
  }
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
  if (charset !== undefined && charset.toLowerCase() !== 'utf-8') {
    throw new Problem('unsupported-media-type', { detail: 'Send the body in UTF-8.' });
  }
}

const NEWLINE = 0x0a;

/** @throws Problem `too-large` beyond 10,000 lines */
function readLines(bytes: Buffer, limits: JsonLimits): NdjsonLine[] {
  const lines: NdjsonLine[] = [];
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    const line = bytes.subarray(start, end);
    start = end + 1;
    if (isBlank(line)) continue;
    if (lines.length === LINES_MAX)
      throw new Problem('too-large', { detail: `A body has at most ${LINES_MAX} lines.` });
    lines.push(readLine(line, limits));
  }
  return lines;
}

function readLine(line: Buffer, limits: JsonLimits): NdjsonLine {
  try {
    return { value: parseStrictJson(line, limits) };
  } catch (error) {
    if (error instanceof JsonError) return { fault: error };
    throw error;
  }
}

/** Empty, or white space of JSON only. */
function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
