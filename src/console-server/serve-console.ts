import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../http/problem.ts';
import { BUILD_COMMAND, notBuiltPage } from './not-built.ts';
import { FILE_CACHE, PAGE_CACHE, PAGE_HEADERS } from './page-headers.ts';

/** Where the build puts the console (src/console/build-console.ts). */
export const CONSOLE_FOLDER = fileURLToPath(new URL('../../dist/console', import.meta.url));

const open = { schema: { hide: true } };

/**
 * The console under `/console`: its page at every address that has no file, because its own router knows them, and its
 * files, compressed when they were built. Nothing here is secret; what the page shows it asks the API for.
 *
 * @param folder of the built console; it may be missing, then the page says how to make it
 */
export async function addConsole(server: FastifyInstance, folder = CONSOLE_FOLDER): Promise<void> {
  await server.register(async (pages) => {
    pages.addHook('onRequest', async (_request, reply) => {
      reply.headers(PAGE_HEADERS);
    });
    await pages.register(fastifyStatic, {
      root: folder,
      serve: false,
      preCompressed: true,
      suppressWarning: true,
      cacheControl: false,
      dotfiles: 'ignore',
      index: false,
    });
    const page = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
      if (!existsSync(join(folder, 'index.html'))) return notBuilt(request, reply);
      return reply.header('cache-control', PAGE_CACHE).sendFile('index.html');
    };
    pages.get('/console', open, page);
    pages.get('/console/*', open, page);
    pages.get<{ Params: { '*': string } }>('/console/assets/*', open, (request, reply) => {
      const file = join('assets', request.params['*']);
      if (!file.startsWith('assets/') || !existsSync(join(folder, file))) return missing();
      return reply.header('cache-control', FILE_CACHE).sendFile(file);
    });
  });
}

/** A file of an older build: the page that names it is to be loaded again. */
function missing(): never {
  throw new Problem('not-found', {
    detail: 'There is no such file in this build of the console. Load the page again.',
  });
}

function notBuilt(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (!(request.headers.accept ?? '').includes('text/html')) {
    throw new Problem('unavailable', { detail: `The console is not built. Run: ${BUILD_COMMAND}` });
  }
  return reply
    .code(503)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(notBuiltPage);
}
