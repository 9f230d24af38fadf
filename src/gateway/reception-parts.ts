import type { LiveKeyRing } from '../keys/live-key-ring.ts';
import type { PartnerKeyRing } from '../keys/partner-key-ring.ts';
import type { OwnMessageHandlers } from '../reception/handle-own-messages.ts';
import type { ReceptionParts } from '../reception/receive-sets.ts';
import { mendRepeated } from '../reconciliation/mend-repeated.ts';
import type { CommonParts } from './common-parts.ts';

/** What takes the partner's messages, whichever way they come: pushed to us, or polled by us. */
export function receptionParts(
  {
    config,
    log,
    store,
    figures,
    contact,
    keyRing,
    partnerKeys,
  }: CommonParts & { keyRing: LiveKeyRing; partnerKeys: PartnerKeyRing },
  handlers: OwnMessageHandlers,
): ReceptionParts {
  return {
    database: store.database,
    log,
    party: config.party,
    issuer: config.issuer,
    decryption: () => keyRing.decryption,
    refreshKeys: () => partnerKeys.refreshSoon(),
    now: () => new Date(),
    handlers,
    mend: (tx, link, messages, now) => mendRepeated(tx, config.party, link, messages, now),
    onReceived(link, counts) {
      figures.received(link, counts);
      contact.heard(link);
    },
  };
}
