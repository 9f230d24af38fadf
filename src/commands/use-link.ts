import { loadConfig } from '../config/config.ts';
import { connectPartner, type PartnerConnection } from '../delivery/send-sets.ts';
import { createLog } from '../http/create-log.ts';
import { loadKeyRing } from '../keys/key-ring.ts';
import { LedgerError } from '../ledger/ledger-error.ts';
import type { RecoveringParts } from '../ledger/recover-link.ts';
import type { Link } from '../links/link.ts';
import { openLinks } from '../links/open-links.ts';
import { openStore } from '../store/open-store.ts';
import { storeConfig } from '../store/store-config.ts';
import { openTrust } from '../tls/open-trust.ts';

export interface LinkOptions {
  config?: string;
  json?: boolean;
}

/** Does an operator's work on one link from the command line, on the store and the partner themselves. */
export async function useLink(
  id: string | undefined,
  options: LinkOptions,
  work: (parts: RecoveringParts, link: Link, connection: PartnerConnection) => Promise<void>,
): Promise<void> {
  const config = await loadConfig({ file: options.config });
  const links = await openLinks(config.links);
  const link = id === undefined && links.size === 1 ? [...links.values()][0] : links.get(id ?? '');
  if (!link) {
    console.error(`Name one of the links: ${[...links.keys()].join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  const log = createLog('warn', process.stderr);
  await using store = await openStore(storeConfig(config), log);
  await using connection = connectPartner(link, openTrust(config));
  const keyRing = await loadKeyRing(config.keys.private);
  const { database, incarnation } = store;
  // The lanes are the gateway's: it finds what waits in them within seconds.
  const { party, issuer } = config;
  const parts = { database, log, party, issuer, links, keyRing, incarnation, trigger: () => {} };
  try {
    await work(parts, link, connection);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    console.error(`${link.id}: ${error.message}.`);
    process.exitCode = 1;
  }
}
