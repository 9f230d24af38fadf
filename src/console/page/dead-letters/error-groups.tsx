import type { DeadLetterGroup } from '../api/types.ts';
import { Section } from '../parts/page-head.tsx';
import { Age } from '../parts/time.tsx';
import { changeQuery } from '../router.tsx';
import { count } from '../words/figures.ts';
import { useWords } from '../words/language.ts';
import { ErrorText } from './letter-columns.tsx';

/** What the API takes of an error as a filter. */
const ERROR_LENGTH_MAX = 200;

/** The errors, the most frequent first: one press filters by it, then all of it can be acted on. */
export function ErrorGroups({
  groups,
  chosen,
}: {
  groups: readonly DeadLetterGroup[];
  chosen: string | undefined;
}) {
  const t = useWords();
  if (groups.length === 0) return null;
  return (
    <Section title={t('letters.by-error')} className="first">
      <ul className="groups">
        {groups.map(({ err, reason, count: n, enterprises, firstAt, lastAt }) => {
          const error = (reason ?? err ?? '').slice(0, ERROR_LENGTH_MAX);
          const isChosen = chosen === error;
          return (
            <li key={`${err} ${reason}`}>
              <button
                type="button"
                aria-pressed={isChosen}
                onClick={() => changeQuery({ error: isChosen ? undefined : error })}
              >
                <b className="group-count">{count(n)}</b>
                <span className="group-error">
                  <ErrorText err={err} reason={reason} />
                </span>
                <span className="quiet">{t('letters.enterprises', { count: enterprises })}</span>
                <span className="quiet">
                  <Age at={firstAt} />
                  {firstAt !== lastAt && (
                    <>
                      {' – '}
                      <Age at={lastAt} />
                    </>
                  )}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
