import { useOverview } from '../frame/overview-of.tsx';
import type { FilterField } from '../parts/filters.tsx';
import type { Query } from '../router.tsx';
import { wordFor } from '../words/codes.ts';
import { useWords } from '../words/language.ts';

export const messageStates = [
  'accepted',
  'sent',
  'delivered',
  'receipted',
  'received',
  'refused',
  'parked',
  'held',
  'withdrawn',
] as const;

export const messageTypes = [
  'enterprise-status',
  'certification-change',
  'validation-result',
  'version-void',
  'receipt',
  'key-rotation',
  'key-confirmed',
  'ledger-digest',
  'register-digest',
  'resync-request',
] as const;

/** The parameters that `GET /v1/messages` knows, as they stand in the address. */
const names = [
  'q',
  'state',
  'type',
  'direction',
  'link',
  'lane',
  'name',
  'subject',
  'txn',
  'error',
  'urgent',
  'since',
  'until',
] as const;

export function filterOf(query: Readonly<Record<string, string>>): Query {
  return Object.fromEntries(
    names.flatMap((name) => (query[name] === undefined ? [] : [[name, query[name]]])),
  );
}

/** What a list of messages can be filtered by. */
export function useMessageFields(): FilterField[] {
  const t = useWords();
  const { data } = useOverview();
  const links = data?.links.map(({ id }) => id) ?? [];
  const choice = (name: string, label: string, values: readonly string[], group?: string): FilterField => ({
    name,
    label,
    kind: 'choice',
    options: values.map((value) => ({
      value,
      name: group === undefined ? value : wordFor(group, value),
    })),
  });
  return [
    choice('state', t('word.state'), messageStates, 'state'),
    choice('type', t('word.type'), messageTypes, 'type'),
    choice('direction', t('word.direction'), ['out', 'in'], 'word'),
    links.length > 0
      ? choice('link', t('word.link'), links)
      : { name: 'link', label: t('word.link'), kind: 'text' },
    { name: 'lane', label: t('word.lane'), kind: 'text' },
    { name: 'name', label: t('word.name'), kind: 'text' },
    { name: 'subject', label: t('word.subject'), kind: 'text' },
    { name: 'txn', label: t('word.case'), kind: 'text' },
    { name: 'error', label: t('word.error'), kind: 'text' },
    choice('urgent', t('word.urgent'), ['true'], 'choice'),
    { name: 'since', label: t('word.since'), kind: 'instant' },
    { name: 'until', label: t('word.until'), kind: 'instant' },
  ];
}
