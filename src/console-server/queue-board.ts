import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type {
  AppControllerRoute,
  BullBoardQueues,
  IServerAdapter,
  UIConfig,
} from '@bull-board/api/dist/types.js';
import fastifyStatic from '@fastify/static';
import type { Queue } from 'bullmq';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../http/problem.ts';
import { FILE_CACHE, PAGE_CACHE, PAGE_HEADERS } from './page-headers.ts';

/** Where the board is. */
const BASE = '/console/queues';

const UI_FOLDER = join(
  dirname(createRequire(import.meta.url).resolve('@bull-board/ui/package.json')),
  'dist',
);

/** bull-board's page puts this one style into itself; its hash is allowed, and none beside it. */
const OWN_STYLE = "'sha256-r2N1TB/gHbBtBZFKg7ejmq1acVSREzucTAEw6ga4hoU='";

const HEADERS = {
  ...PAGE_HEADERS,
  'content-security-policy': `${PAGE_HEADERS['content-security-policy']}; style-src 'self' ${OWN_STYLE}`,
};

const config = { scope: 'operate' } as const;
const schema = { hide: true } as const;

const UI_CONFIG: UIConfig = {
  boardTitle: 'mra',
  hideDocsLink: true,
  showMetrics: false,
  favIcon: { default: 'static/images/logo.svg', alternative: 'static/favicon-32x32.png' },
};

/**
 * bull-board, for engineers: the triggers of the lanes as the queue holds them. It may be looked at only: its routes
 * that change something are not there. Every request needs the session of an operator; one without is led to the login.
 *
 * The page is written here and not by bull-board's own adapter, whose page asks a foreign host for fonts.
 */
export function addQueueBoard(api: FastifyInstance, queue: object): void {
  const board = readBoard(queue);
  const html = pageOf(board);
  void api.register(async (pages) => {
    pages.addHook('onRequest', async (_request, reply) => {
      reply.headers(HEADERS);
    });
    leadToLogin(pages);
    await pages.register(fastifyStatic, { root: UI_FOLDER, serve: false, index: false, cacheControl: false });
    for (const path of ['', '/', '/job-schedulers', '/queue/:queueName', '/queue/:queueName/:jobId']) {
      pages.get(`${BASE}${path}`, { config, schema }, async (_request, reply) =>
        reply.header('cache-control', PAGE_CACHE).type('text/html; charset=utf-8').send(html),
      );
    }
    pages.get<{ Params: { '*': string } }>(`${BASE}/static/*`, { config, schema }, (request, reply) =>
      reply.header('cache-control', FILE_CACHE).sendFile(join('static', request.params['*'])),
    );
    for (const route of board.routes) addApiRoute(pages, route, board.queues);
  });
}

interface Board {
  queues: BullBoardQueues;
  routes: AppControllerRoute[];
  uiConfig: UIConfig;
}

/** What bull-board would have its server do, less what changes something. */
function readBoard(queue: object): Board {
  const board: Board = { queues: new Map(), routes: [], uiConfig: {} };
  const adapter: IServerAdapter = {
    setQueues: (queues) => {
      board.queues = queues;
      return adapter;
    },
    setApiRoutes: (routes) => {
      board.routes = routes.filter(({ method }) => [method].flat().every((name) => name === 'get'));
      return adapter;
    },
    setUIConfig: (uiConfig) => {
      board.uiConfig = uiConfig;
      return adapter;
    },
    setViewsPath: () => adapter,
    setStaticPath: () => adapter,
    setEntryRoute: () => adapter,
    setErrorHandler: () => adapter,
  };
  createBullBoard({
    // Its type is that of a queue on Redis; it asks the queue for nothing that one on PostgreSQL does not answer.
    queues: [new BullMQAdapter(queue as Queue, { readOnlyMode: true, description: 'Triggers of lanes' })],
    serverAdapter: adapter,
    options: { uiBasePath: dirname(UI_FOLDER), uiConfig: UI_CONFIG },
  });
  return board;
}

function addApiRoute(
  pages: FastifyInstance,
  { route, handler }: AppControllerRoute,
  queues: BullBoardQueues,
): void {
  for (const path of [route].flat()) {
    pages.get(`${BASE}${path}`, { config, schema }, async (request, reply) => {
      const { status = 200, body } = await handler({
        queues,
        uiConfig: UI_CONFIG,
        params: request.params as Record<string, unknown>,
        query: request.query as Record<string, unknown>,
        body: {},
        headers: {},
      });
      return reply.code(status).send(body);
    });
  }
}

/** The files of the board's own page, by their hashed names, without the fonts that it asks another host for. */
function pageOf({ uiConfig }: Board): string {
  const own = readFileSync(join(UI_FOLDER, 'index.ejs'), 'utf8');
  const styles = own.match(/static\/css\/[\w.-]+\.css/g) ?? [];
  const scripts = own.match(/static\/js\/[\w.-]+\.js/g) ?? [];
  if (styles.length === 0 || scripts.length === 0) throw new Error('bull-board names no files in its page');
  // A block of data, which a browser does not run: the policy has nothing against it.
  const data = JSON.stringify(uiConfig).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<base href="${BASE}/">
<title>mra: queues</title>
<link rel="icon" type="image/svg+xml" id="fav-logo" href="static/images/logo.svg">
${styles.map((href) => `<link rel="stylesheet" href="${href}">`).join('\n')}
</head>
<body>
<script id="__UI_CONFIG__" type="application/json">${data}</script>
<div id="root"></div>
${scripts.map((src) => `<script defer src="${src}"></script>`).join('\n')}
</body>
</html>
`;
}

/** Somebody who opens the page without a session gets the login, which leads back here; a program gets the problem. */
function leadToLogin(pages: FastifyInstance): void {
  pages.setErrorHandler((error, request: FastifyRequest, reply: FastifyReply) => {
    const page = (request.headers.accept ?? '').includes('text/html');
    if (!page || !(error instanceof Problem) || error.code !== 'unauthenticated') throw error;
    return reply.redirect(`/console/login?next=${encodeURIComponent(BASE)}`, 302);
  });
}
