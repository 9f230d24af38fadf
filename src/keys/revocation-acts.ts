import type { Approvals, GuardedAct } from '../access/approvals.ts';
import type { Config } from '../config/config.ts';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import type { Link } from '../links/link.ts';
import { enterKeys } from './activate-keys.ts';
import { explained, linkOf } from './explain-problem.ts';
import type { LiveKeyRing } from './live-key-ring.ts';
import { KEY_DAYS, makeNextKey } from './make-next-key.ts';
import { listOwnKeys } from './own-keys.ts';
import { revokeKey } from './revoke-key.ts';
import { revokePartnerKey } from './revoke-partner-key.ts';

export interface RevocationParts {
  config: Pick<Config, 'party' | 'keys'>;
  links: ReadonlyMap<string, Link>;
  keyRing: LiveKeyRing;
}

export const OWN_REVOCATION = 'key-revoke';
export const PARTNER_REVOCATION = 'partner-key-revoke';

/** Revoking over the API waits for a second person, for whom it is done at once. `mra keys revoke` is for the hour of need. */
export function addRevocationActs(approvals: Approvals, parts: RevocationParts): void {
  approvals.add(ownRevocation(parts));
  approvals.add(partnerRevocation(parts));
}

function ownRevocation({ config, links, keyRing }: RevocationParts): GuardedAct {
  return {
    kind: OWN_REVOCATION,
    scope: 'keys',
    async execute(tx, params, { requestedBy, approvedBy, reason, now }) {
      const kid = textIn(params, 'kid');
      const rows = await listOwnKeys(tx);
      const active = rows.some((row) => row.kid === kid && row.state === 'active');
      // A crash after it leaves the file of a key that the next revocation or rotation takes.
      if (active && !rows.some(({ state }) => state === 'next')) {
        await explained(makeNextKey(config, 'ES256', KEY_DAYS, now));
        await keyRing.reload();
      }
      await enterKeys(tx, keyRing.keys);
      const by = `${requestedBy}, ${approvedBy}`;
      const revoked = revokeKey(tx, keyRing, [...links.keys()], { kid, reason, by }, now);
      const { successor = null, unconfirmed } = await explained(revoked);
      return { kid, successor, unconfirmed };
    },
  };
}

function partnerRevocation({ links }: RevocationParts): GuardedAct {
  return {
    kind: PARTNER_REVOCATION,
    scope: 'keys',
    async execute(tx, params, { requestedBy, approvedBy, reason, now }) {
      const link = linkOf(links, textIn(params, 'link'));
      const kid = textIn(params, 'kid');
      const by = `${requestedBy}, ${approvedBy}`;
      await explained(revokePartnerKey(tx, { link, kid, reason, by }, now));
      return { link: link.id, kid };
    },
  };
}

function textIn(params: unknown, name: string): string {
  const value = isJsonObject(params) ? params[name] : undefined;
  return typeof value === 'string' ? value : '';
}
