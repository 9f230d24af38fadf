import './messages.css';
import { useState } from 'react';
import type { Attempt, Message } from '../api/types.ts';
import { StateBadge } from '../parts/badge.tsx';
import { ShortId } from '../parts/copy.tsx';
import { Facts, Section } from '../parts/page-head.tsx';
import { Scrolling } from '../parts/scrolling.tsx';
import { Skeleton } from '../parts/states.tsx';
import { Instant } from '../parts/time.tsx';
import { count } from '../words/figures.ts';
import { useWords } from '../words/language.ts';
import { Said } from '../words/said.tsx';

/** Each attempt with what was asked and what was answered, the last first. */
export function AttemptList({
  message,
  attempts,
  failed,
}: {
  message: Pick<Message, 'direction'>;
  attempts: readonly Attempt[] | undefined;
  failed: boolean;
}) {
  const t = useWords();
  if (message.direction === 'in') return null;
  return (
    <Section title={t('messages.attempts')} className="first">
      {attempts === undefined && !failed && <Skeleton rows={3} />}
      {attempts?.length === 0 && <p className="quiet">{t('messages.no-attempts')}</p>}
      <Attempts attempts={attempts?.toReversed() ?? []} />
    </Section>
  );
}

export function Attempts({ attempts }: { attempts: readonly Attempt[] }) {
  const t = useWords();
  const [open, setOpen] = useState<string>();
  return (
    <ul className="attempts">
      {attempts.map((attempt) => {
        const key = `${attempt.startedAt} ${attempt.number}`;
        const isOpen = open === key;
        return (
          <li key={key}>
            <button
              type="button"
              className="plain attempt"
              aria-expanded={isOpen}
              onClick={() => setOpen(isOpen ? undefined : key)}
            >
              <Instant at={attempt.startedAt} ms />
              <b>{attempt.status ?? t('attempts.no-answer')}</b>
              <span>{t('figure.ms', { n: count(attempt.ms) })}</span>
              <StateBadge state={attempt.result} />
              <span className="attempt-error quiet">
                <Said text={attempt.error} />
              </span>
            </button>
            {isOpen && <Exchange attempt={attempt} />}
          </li>
        );
      })}
    </ul>
  );
}

/** What went over the line and what came back. */
function Exchange({ attempt: { request, status, ms, error, answer, result, lane } }: { attempt: Attempt }) {
  const t = useWords();
  return (
    <div className="exchange">
      <div>
        <h3>{t('attempts.request')}</h3>
        <Facts
          items={[
            [
              t('attempts.call'),
              <code key="c">
                {request.method} {request.path}
              </code>,
            ],
            [t('word.lane'), lane],
            [t('attempts.messages'), count(request.messages)],
            [
              t('attempts.ids'),
              <span key="i" className="ids">
                {request.ids.map((id) => (
                  <ShortId key={id} id={id} />
                ))}
              </span>,
            ],
          ]}
        />
      </div>
      <div>
        <h3>{t('attempts.answer')}</h3>
        <Facts
          items={[
            [t('attempts.status'), status ?? t('attempts.no-answer')],
            [t('word.duration'), t('figure.ms', { n: count(ms) })],
            [t('word.result'), <StateBadge key="r" state={result} />],
            [t('attempts.says'), error && <Said key="e" text={error} />],
          ]}
        />
        {answer && (
          <Scrolling label={t('attempts.body')}>
            <pre lang="en">{pretty(answer)}</pre>
          </Scrolling>
        )}
      </div>
    </div>
  );
}

/** JSON on several lines; what was cut off or is none stays as it came. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
