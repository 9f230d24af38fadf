import type { DeadLetter } from '../api/types.ts';
import { StateBadge } from '../parts/badge.tsx';
import { ShortId } from '../parts/copy.tsx';
import { NamePair } from '../parts/name-pair.tsx';
import { type Column, RowLink } from '../parts/table.tsx';
import { Age, None } from '../parts/time.tsx';
import { wordFor } from '../words/codes.ts';
import { count } from '../words/figures.ts';
import { useWords } from '../words/language.ts';

export function useLetterColumns(): Column<DeadLetter>[] {
  const t = useWords();
  return [
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
    { key: 'age', head: t('word.since'), cell: ({ at }) => <Age at={at} /> },
    { key: 'type', head: t('word.type'), cell: ({ type }) => wordFor('type', type) },
    {
      key: 'subject',
      head: t('word.subject'),
      cell: ({ id, subject, version, name }) => (
        <>
          <RowLink to={`/messages/${id}`}>{subject}</RowLink>
          {version !== null && <span className="quiet"> v{version}</span>} <NamePair name={name} />
        </>
      ),
    },
    {
      key: 'error',
      head: t('word.error'),
      kind: 'wide',
      cell: ({ err, reason }) => <ErrorText err={err} reason={reason} />,
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
}

/** The partner's code of an error, and its words. */
export function ErrorText({ err, reason }: { err: string | null; reason: string | null }) {
  return (
    <span title={reason ?? err ?? ''}>
      {err !== null && <code>{err}</code>} {reason}
    </span>
  );
}
