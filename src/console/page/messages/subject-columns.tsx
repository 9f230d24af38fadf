import { RowLink } from '../parts/table.tsx';
import { wordFor } from '../words/codes.ts';
import type { say } from '../words/language.ts';

interface OfSubject {
  id: string;
  type: string;
  subject: string;
  version: number | null;
}

/** What a message is and whom it is about, as every table of messages shows it. */
export const subjectColumns = (t: typeof say) => [
  { key: 'type', head: t('word.type'), cell: ({ type }: OfSubject) => wordFor('type', type) },
  {
    key: 'subject',
    head: t('word.subject'),
    cell: ({ id, subject, version }: OfSubject) => (
      <>
        <RowLink to={`/messages/${id}`}>{subject}</RowLink>
        {version !== null && <span className="quiet"> v{version}</span>}
      </>
    ),
  },
];
