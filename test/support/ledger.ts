import { pino } from 'pino';
import type { PartnerConnection, PostOptions } from '../../src/delivery/send-sets.ts';
import { buildServer } from '../../src/http/build-server.ts';
import { type Comparison, compareLink } from '../../src/ledger/compare-link.ts';
import { type RecoveringParts, type Recovery, recoverLink } from '../../src/ledger/recover-link.ts';
import { addLedgerRoutes } from '../../src/ledger/routes.ts';
import { requirePartner } from '../../src/tls/require-partner.ts';
import type { Side } from './pair.ts';

const log = pino({ level: 'silent' });

export async function incarnationOf(side: Side): Promise<string> {
  const [row] = await side.db.sql<{ incarnation: string }>('select incarnation from store_meta');
  return row?.incarnation ?? '';
}

export async function comparingParts(side: Side): Promise<RecoveringParts> {
  return {
    database: side.db.database,
    log,
    party: side.party,
    issuer: side.issuer,
    keyRing: side.keyRing,
    links: new Map([[side.link.id, side.link]]),
    incarnation: await incarnationOf(side),
    trigger() {},
  };
}

/** The other side's ledger as its exchange listener answers it, without a socket. */
export async function ledgerOf(side: Side): Promise<PartnerConnection> {
  const server = buildServer({ listener: 'exchange', log });
  requirePartner(server, undefined);
  addLedgerRoutes(server, {
    database: side.db.database,
    issuer: side.issuer,
    links: new Map([[side.link.id, side.link]]),
    incarnation: await incarnationOf(side),
  });
  return {
    async post(url, contentType, payload, options: PostOptions = {}) {
      const headers = { ...options.headers, 'content-type': contentType };
      const answer = await server.inject({ method: 'POST', url, payload, headers });
      return { status: answer.statusCode, headers: {}, body: answer.body, ms: 1 };
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** Compares everything `side` sent with what `partner` holds, open hours too. */
export async function compareAll(side: Side, partner: Side): Promise<Comparison> {
  await using connection = await ledgerOf(partner);
  const parts = await comparingParts(side);
  return await compareLink(parts, side.link, connection, { reason: 'demand', all: true, open: true });
}

export async function recover(side: Side, partner: Side): Promise<Recovery> {
  await using connection = await ledgerOf(partner);
  return await recoverLink(await comparingParts(side), side.link, connection, 'test');
}
