import { grantAccess } from '../access/grant-access.ts';
import type { Purpose } from '../access/purposes.ts';
import { appendEntries } from '../audit/append-entries.ts';
import { openStore } from '../store/open-store.ts';
import type { TokenRole } from './demo-side.ts';

/** What each holder reads partner data for, unless a request says otherwise. */
const PURPOSES: Readonly<Record<TokenRole, Purpose>> = {
  backend: 'risk-assessment',
  reader: 'clearance',
  operator: 'support',
  auditor: 'programme-review',
  admin: 'support',
};

/** As long as the links of the demo keep messages: the default of the configuration. */
const RETENTION_DAYS = 90;

const silent = { info: () => {}, warn: () => {}, error: () => {} };

/**
 * Draws a token for each role, as `mra access grant` does, in the database of a gateway that is up.
 *
 * @param dataDir of that gateway
 */
export async function grantTokens(dataDir: string): Promise<Record<TokenRole, string>> {
  await using store = await openStore({ dataDir, retentionDays: RETENTION_DAYS, connectionsMax: 1 }, silent);
  const grant = async (role: TokenRole): Promise<string> => {
    const wanted = { name: `demo-${role}`, role, purpose: PURPOSES[role] };
    const { token } = await grantAccess(store.database, appendEntries, wanted, 'mra demo', new Date());
    return token;
  };
  return {
    backend: await grant('backend'),
    reader: await grant('reader'),
    operator: await grant('operator'),
    auditor: await grant('auditor'),
    admin: await grant('admin'),
  };
}
