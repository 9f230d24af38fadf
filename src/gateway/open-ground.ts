import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { ReadLog } from '../access/record-reads.ts';
import { appendEntries } from '../audit/append-entries.ts';
import { loadAuditKeys } from '../audit/own-audit-keys.ts';
import type { Config } from '../config/config.ts';
import { lanesOf } from '../delivery/lane-of.ts';
import { connectPartner } from '../delivery/send-sets.ts';
import { eraseAgain } from '../erasure/erase-enterprise.ts';
import { activateKeys } from '../keys/activate-keys.ts';
import { LiveKeyRing } from '../keys/live-key-ring.ts';
import { PartnerKeyRing } from '../keys/partner-key-ring.ts';
import { PartnerContact } from '../links/note-contact.ts';
import { openLinks } from '../links/open-links.ts';
import { exchangeFigures } from '../operations/figures.ts';
import { partitionFigure } from '../operations/partition-figure.ts';
import { ensureLanes } from '../operations/steer-lane.ts';
import { openStore } from '../store/open-store.ts';
import { storeConfig } from '../store/store-config.ts';
import { openTrust } from '../tls/open-trust.ts';

/** What stands before anything runs: keys, links, the store, the connections to the partners, the figures. */
export async function openGround(config: Config, log: Logger, stack: AsyncDisposableStack) {
  const trust = openTrust(config);
  const [keyRing, links] = await Promise.all([LiveKeyRing.open(config.keys), openLinks(config.links)]);
  const auditKeys = loadAuditKeys(config.keys.private);
  const store = stack.use(await openStore(storeConfig(config), log));
  const { database } = store;
  await eraseAgain(database, config.erasureList);
  await activateKeys(database, keyRing);
  const partnerKeys = new PartnerKeyRing(database, links);
  await partnerKeys.refresh();
  for (const link of links.values()) await ensureLanes(database, link.id, lanesOf(link.lanes));
  const registry = new Registry();
  const figures = exchangeFigures(registry);
  partitionFigure(registry, database);
  const contact = stack.use(new PartnerContact(database, log));
  await contact.exchange();
  const connections = new Map(
    [...links.values()].map((link) => {
      const connection = connectPartner(link, trust, () => contact.noticed(link.id));
      return [link.id, stack.use(connection)];
    }),
  );
  const reads = stack.use(new ReadLog(database, appendEntries, { log }));
  await reads.beSeen();
  return {
    trust,
    keyRing,
    links,
    auditKeys,
    store,
    partnerKeys,
    registry,
    figures,
    contact,
    connections,
    reads,
  };
}
