import { pino } from 'pino';
import type { DrainParts } from '../../src/delivery/drain-lane.ts';
import { RequestGate } from '../../src/delivery/request-gate.ts';
import type { PartnerConnection } from '../../src/delivery/send-sets.ts';
import type { Link } from '../../src/links/link.ts';
import type { Side } from './pair.ts';

/** What draining a lane of a side over this connection needs. */
export function drainParts(from: Side, link: Link, connection: PartnerConnection): DrainParts {
  return {
    database: from.db.database,
    log: pino({ level: 'silent' }),
    link,
    connection,
    gate: new RequestGate(),
    owner: 'test',
    ping: async () => true,
    stop: new AbortController().signal,
  };
}
