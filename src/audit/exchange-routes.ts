import type { FastifyInstance, FastifyReply } from 'fastify';
import { AuditError } from './audit-error.ts';
import { isLogName } from './log-name.ts';
import { type Mirror, mirrorTileSource, readMirror, readMirrorBundle } from './mirror-log.ts';
import { NOTE_BYTES_MAX } from './notes/signed-note.ts';
import { readPublished } from './read-published.ts';
import { readEntryBundle, readHead, readLatestHead, tileSource } from './read-tree.ts';
import { writeBundle } from './tree/bundle.ts';
import { readTilePath, type Tile, widthOf } from './tree/tile.ts';
import { type WitnessParts, witnessCheckpoint } from './witness-checkpoint.ts';
import { isDiverged } from './witness-state.ts';

export type AuditExchangeParts = WitnessParts;

/** A checkpoint with the signatures that a note may have, and 63 hashes before it. */
const REQUEST_BYTES_MAX = NOTE_BYTES_MAX + 4_096;

/**
 * The logs as C2SP tlog-tiles has them, below `/audit/<log>/`; the one that is written now also below `/`. The partner
 * asks here for ours, for its own as we keep it (`/audit/mirrors/<origin in base64url>/`), and for our cosignature.
 */
export function addAuditExchangeRoutes(app: FastifyInstance, parts: AuditExchangeParts): void {
  app.register(async (scope) => {
    // C2SP names no media type for requests: the bytes count.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) => body);
    scope.setErrorHandler((error, _request, reply) => {
      if (error instanceof AuditError)
        return say(reply, error.code === 'malformed' ? 400 : 404, error.message);
      throw error;
    });
    scope.post('/add-checkpoint', { bodyLimit: REQUEST_BYTES_MAX }, async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const answer = await witnessCheckpoint(parts, body);
      return reply.code(answer.status).type(answer.contentType).send(answer.body);
    });
    addLogRoutes(scope, parts);
    addMirrorRoutes(scope, parts);
  });
}

interface LogParams {
  log?: string;
  '*'?: string;
}

function addLogRoutes(scope: FastifyInstance, parts: AuditExchangeParts): void {
  const { database } = parts;
  const logOf = async ({ log }: LogParams): Promise<string> => {
    if (log === undefined) return (await readLatestHead(database))?.log ?? '';
    return isLogName(log) ? log : '';
  };
  for (const prefix of ['', '/audit/:log']) {
    scope.get<{ Params: LogParams }>(`${prefix}/checkpoint`, async (request, reply) => {
      // A store that was restored would show a tree that is not the one its partners hold.
      if (await isDiverged(database)) return say(reply, 503, 'this log is being recovered');
      const published = await readPublished(database, await logOf(request.params));
      return published ? say(reply, 200, published.note, '') : say(reply, 404, 'there is no such log');
    });
    scope.get<{ Params: LogParams }>(`${prefix}/tile/*`, async (request, reply) => {
      const log = await logOf(request.params);
      const tile = readTilePath(`tile/${request.params['*'] ?? ''}`);
      const head = await readHead(database, log);
      const bytes = head && fits(tile, head.size) ? await tileBytes(parts, log, tile) : Buffer.alloc(0);
      return sendTile(reply, bytes);
    });
  }
}

/** A partial tile of any width that the tree has had is served; beyond its end there is nothing. */
function fits({ level, index, width }: Tile, size: number): boolean {
  return width <= widthOf(level, index, size);
}

async function tileBytes({ database }: AuditExchangeParts, log: string, tile: Tile): Promise<Buffer> {
  const { level, index, width } = tile;
  if (level === 'entries') return readEntryBundle(database, log, index, width);
  const [hashes] = await tileSource(database, log)([{ level, index, width }]);
  return hashes ?? Buffer.alloc(0);
}

interface MirrorParams {
  origin: string;
  '*'?: string;
}

function addMirrorRoutes(scope: FastifyInstance, { database }: AuditExchangeParts): void {
  const mirrorOf = async ({ origin }: MirrorParams): Promise<Mirror & { checkpoint: string }> => {
    const mirror = await readMirror(database, Buffer.from(origin, 'base64url').toString('utf8'));
    if (!mirror || mirror.checkpoint === null)
      throw new AuditError('not-found', 'no log of that origin is kept here');
    return { ...mirror, checkpoint: mirror.checkpoint };
  };
  scope.get<{ Params: MirrorParams }>('/audit/mirrors/:origin/checkpoint', async (request, reply) =>
    say(reply, 200, (await mirrorOf(request.params)).checkpoint, ''),
  );
  scope.get<{ Params: MirrorParams }>('/audit/mirrors/:origin/tile/*', async (request, reply) => {
    const mirror = await mirrorOf(request.params);
    const tile = readTilePath(`tile/${request.params['*'] ?? ''}`);
    const { level, index, width } = tile;
    if (!fits(tile, mirror.size)) return sendTile(reply, Buffer.alloc(0));
    if (level !== 'entries') {
      const [hashes] = await mirrorTileSource(database, mirror.origin)([{ level, index, width }]);
      return sendTile(reply, hashes ?? Buffer.alloc(0));
    }
    const entries = await readMirrorBundle(database, mirror, index);
    return sendTile(reply, writeBundle(entries.slice(0, width)));
  });
}

function sendTile(reply: FastifyReply, bytes: Buffer): FastifyReply {
  if (bytes.length === 0) return say(reply, 404, 'the log has no such tile');
  return reply.type('application/octet-stream').send(bytes);
}

function say(reply: FastifyReply, status: number, text: string, end = '\n'): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(`${text}${end}`);
}
