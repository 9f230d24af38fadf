import { useOverview } from '../frame/overview-of.tsx';
import { messageTypes } from '../messages/message-filters.ts';
import type { FilterField } from '../parts/filters.tsx';
import { wordFor } from '../words/codes.ts';
import { useWords } from '../words/language.ts';

const names = ['q', 'link', 'type', 'subject', 'name', 'error', 'since', 'until'] as const;

export function letterFilterOf(query: Readonly<Record<string, string>>): Record<string, string> {
  const filter: Record<string, string> = {};
  for (const name of names) {
    const value = query[name];
    if (value !== undefined) filter[name] = value;
  }
  return filter;
}

export function useLetterFields(): FilterField[] {
  const t = useWords();
  const { data } = useOverview();
  const options = (values: readonly string[], nameOf: (value: string) => string) =>
    values.map((value) => ({ value, name: nameOf(value) }));
  return [
    {
      name: 'link',
      label: t('word.link'),
      kind: 'choice',
      options: options(data?.links.map(({ id }) => id) ?? [], (id) => id),
    },
    {
      name: 'type',
      label: t('word.type'),
      kind: 'choice',
      options: options(messageTypes, (type) => wordFor('type', type)),
    },
    { name: 'name', label: t('word.name'), kind: 'text' },
    { name: 'subject', label: t('word.subject'), kind: 'text' },
    { name: 'error', label: t('word.error'), kind: 'text' },
    { name: 'since', label: t('word.since'), kind: 'instant' },
    { name: 'until', label: t('word.until'), kind: 'instant' },
  ];
}
