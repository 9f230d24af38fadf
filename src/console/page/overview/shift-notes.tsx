import { type FormEvent, useState } from 'react';
import { send } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import type { Note } from '../api/types.ts';
import { usePaged } from '../api/use-data.ts';
import { Section } from '../parts/page-head.tsx';
import { ProblemNote, Skeleton } from '../parts/states.tsx';
import { Instant } from '../parts/time.tsx';
import { useWords } from '../words/language.ts';

/** What one shift tells the next. */
export function ShiftNotes() {
  const t = useWords();
  const notes = usePaged<Note>('/v1/ops/notes', { query: { limit: 10 } });
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<ApiProblem>();
  const add = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setProblem(undefined);
    try {
      await send('POST', '/v1/ops/notes', { body: { text: text.trim() } });
      setText('');
      notes.reload();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error);
    }
  };
  return (
    <Section title={t('notes.title')}>
      <form className="note-form" onSubmit={(event) => void add(event)}>
        <input
          value={text}
          maxLength={2000}
          aria-label={t('notes.text')}
          placeholder={t('notes.text')}
          onChange={({ target }) => setText(target.value)}
        />
        <button type="submit" disabled={text.trim() === ''}>
          {t('notes.add')}
        </button>
      </form>
      {problem && <ProblemNote problem={problem} />}
      {notes.problem && <ProblemNote problem={notes.problem} retry={notes.reload} />}
      {!notes.ready && !notes.problem && <Skeleton rows={2} />}
      {notes.ready && notes.items.length === 0 && <p className="quiet">{t('notes.none')}</p>}
      <ul className="shift-notes">
        {notes.items.map(({ id, by, at, text: words }) => (
          <li key={id}>
            <span className="quiet">
              <Instant at={at} /> {by}
            </span>
            <span>{words}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
