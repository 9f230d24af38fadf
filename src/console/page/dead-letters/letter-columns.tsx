import type { DeadLetter } from '../api/types.ts';
import { subjectColumns } from '../messages/subject-columns.tsx';
import { StateBadge } from '../parts/badge.tsx';
import { ShortId } from '../parts/copy.tsx';
import { NamePair } from '../parts/name-pair.tsx';
import type { Column } from '../parts/table.tsx';
import { None, Since } from '../parts/time.tsx';
import { count } from '../words/figures.ts';
import { useWords } from '../words/language.ts';
import { Said } from '../words/said.tsx';

export function useLetterColumns(rows: readonly DeadLetter[]): Column<DeadLetter>[] {
  const t = useWords();
  const columns: Column<DeadLetter>[] = [
    {
      key: 'state',
      head: t('word.state'),
      cell: ({ kind, urgent }) => (
        <span className="state-cell">
          <StateBadge state={kind} />
          {urgent && <span className="tag">{t('word.urgent')}</span>}
        </span>
      ),
    },
    { key: 'age', head: t('word.age'), cell: ({ at }) => <Since at={at} /> },
    ...subjectColumns(t),
    {
      key: 'error',
      head: t('letters.name-and-error'),
      kind: 'wide',
      cell: ({ err, reason, name }) => (
        <>
          <NamePair name={name} />{' '}
          <span className="row-error">
            <ErrorText err={err} reason={reason} />
          </span>
        </>
      ),
    },
    {
      key: 'holding',
      head: t('letters.holding'),
      kind: 'figure',
      cell: ({ holding }) => (holding > 0 ? count(holding) : <None />),
    },
    { key: 'link', head: t('word.link'), cell: ({ link }) => link },
    { key: 'id', head: t('messages.id'), cell: ({ id }) => <ShortId id={id} /> },
  ];
  // What says the same of every row takes the room of what does not.
  const isOneLink = new Set(rows.map(({ link }) => link)).size <= 1;
  const holdsNothing = rows.every(({ holding }) => holding === 0);
  return columns.filter(({ key }) => !(key === 'link' && isOneLink) && !(key === 'holding' && holdsNothing));
}

/** The partner's code of an error, and its words. */
export function ErrorText({ err, reason }: { err: string | null; reason: string | null }) {
  return (
    <span title={reason ?? err ?? ''}>
      {err !== null && <code>{err}</code>} <Said text={reason} />
    </span>
  );
}
