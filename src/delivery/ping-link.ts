import type { KeyRing } from '../keys/key-ring.ts';
import type { Link } from '../links/link.ts';
import type { Database } from '../store/database.ts';
import { type Pinged, pingWithActiveKey } from './ping-partner.ts';
import type { PartnerConnection } from './send-sets.ts';

/** @returns pings a link with the key that signs now; `data` is the event, where the partner asked for one */
export function linkPinger(parts: {
  database: Database;
  keyRing: KeyRing;
  issuer: string;
  connections: ReadonlyMap<string, PartnerConnection>;
}): (link: Link, data?: object) => Promise<Pinged> {
  return async (link, data) => {
    const connection = parts.connections.get(link.id);
    if (!connection) throw new Error(`no connection for the link ${link.id}`);
    return pingWithActiveKey(parts, link, connection, data);
  };
}
