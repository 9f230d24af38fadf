import type { ListedMessage } from '../api/types.ts';
import { StateBadge } from '../parts/badge.tsx';
import { ShortId } from '../parts/copy.tsx';
import { Icon } from '../parts/icon.tsx';
import { NamePair } from '../parts/name-pair.tsx';
import type { Column } from '../parts/table.tsx';
import { None, Since } from '../parts/time.tsx';
import { wordFor } from '../words/codes.ts';
import { useWords } from '../words/language.ts';
import { Said } from '../words/said.tsx';
import { subjectColumns } from './subject-columns.tsx';

export function useMessageColumns(rows: readonly ListedMessage[]): Column<ListedMessage>[] {
  const t = useWords();
  const isOneLink = new Set(rows.map(({ link }) => link)).size <= 1;
  const columns: Column<ListedMessage>[] = [
    {
      key: 'state',
      head: t('word.state'),
      cell: ({ state, urgent }) => (
        <span className="state-cell">
          <StateBadge state={state} />
          {urgent && <span className="tag">{t('word.urgent')}</span>}
        </span>
      ),
    },
    {
      key: 'age',
      head: t('word.age'),
      cell: ({ acceptedAt }) => <Since at={acceptedAt} />,
    },
    {
      key: 'way',
      head: isOneLink ? <span className="visually-hidden">{t('word.direction')}</span> : t('word.link'),
      cell: ({ direction, link }) => (
        <>
          <Icon name={direction} label={wordFor('word', direction)} /> {isOneLink ? '' : link}
        </>
      ),
    },
    ...subjectColumns(t),
    {
      key: 'name',
      head: t('messages.name-or-error'),
      kind: 'wide',
      cell: ({ name, lastError }) => (
        <>
          <NamePair name={name} />
          {lastError !== null && (
            <span className="row-error">
              {' '}
              <Said text={lastError} />
            </span>
          )}
        </>
      ),
    },
    {
      key: 'case',
      head: t('word.case'),
      cell: ({ txn }) => (txn === null ? <None /> : txn),
    },
    { key: 'id', head: t('messages.id'), cell: ({ id }) => <ShortId id={id} /> },
  ];
  // Not every back end numbers its cases.
  return columns.filter(({ key }) => key !== 'case' || rows.some(({ txn }) => txn !== null));
}
