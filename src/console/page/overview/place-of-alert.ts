import type { Alert } from '../api/types.ts';
import type { Query } from '../router.tsx';
import type { Key } from '../words/language.ts';

interface AlertPlace {
  path: string;
  query?: Query;
  word: Key;
}

const places: Record<string, AlertPlace> = {
  quarantined: { path: '/quarantine', word: 'alerts.open-quarantine' },
  'ledger-differs': { path: '/reconciliation', word: 'alerts.open-reconciliation' },
  'register-differs': { path: '/reconciliation', word: 'alerts.open-reconciliation' },
  'versions-missing': { path: '/reconciliation', word: 'alerts.open-reconciliation' },
  expiry: { path: '/keys', word: 'alerts.open-keys' },
  'partner-key-announced': { path: '/keys', word: 'alerts.open-keys' },
  'partner-key-refused': { path: '/keys', word: 'alerts.open-keys' },
  'key-unconfirmed': { path: '/keys', word: 'alerts.open-keys' },
  'webhook-paused': { path: '/consumers', word: 'alerts.open-consumers' },
  'webhook-failing': { path: '/consumers', word: 'alerts.open-consumers' },
  'stream-stale': { path: '/consumers', word: 'alerts.open-consumers' },
  'receipts-overdue': { path: '/messages', query: { state: 'delivered' }, word: 'alerts.open-messages' },
};

/** Where an operator acts on what an alert is about. */
export function placeOfAlert({ code, link, lane, message }: Alert): AlertPlace | undefined {
  const byLink: Query = link === null ? {} : { link };
  const known = places[code];
  if (known) return { ...known, query: { ...known.query, ...byLink } };
  if (code.startsWith('audit-')) return { path: '/audit', word: 'alerts.open-audit' };
  if (code === 'message-parked' || code === 'message-refused') {
    const kind = code === 'message-parked' ? 'parked' : 'refused';
    return { path: '/dead-letters', query: { kind, ...byLink }, word: 'alerts.open-dead-letters' };
  }
  if (message !== null) return { path: `/messages/${message}`, word: 'alerts.open-message' };
  if (lane !== null)
    return { path: '/lanes', query: { ...byLink, open: `${link}/${lane}` }, word: 'alerts.open-lane' };
  if (link !== null) return { path: '/lanes', query: byLink, word: 'alerts.open-lanes' };
  return undefined;
}
