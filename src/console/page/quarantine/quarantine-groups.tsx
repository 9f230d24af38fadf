import '../dead-letters/dead-letters.css';
import { Section } from '../parts/page-head.tsx';
import { Age } from '../parts/time.tsx';
import { changeQuery } from '../router.tsx';
import { count } from '../words/figures.ts';
import { useWords } from '../words/language.ts';
import { IssueCodeText } from '../words/said.tsx';

export interface QuarantineGroup {
  code: string | null;
  count: number;
  subjects: number;
  firstAt: string;
  lastAt: string;
}

/** The errors, the most frequent first: one press shows what was refused for it, and all of it can be dismissed. */
export function QuarantineGroups({
  groups,
  chosen,
}: {
  groups: readonly QuarantineGroup[];
  chosen: string | undefined;
}) {
  const t = useWords();
  if (groups.length === 0) return null;
  return (
    <Section title={t('letters.by-error')} className="first">
      <ul className="groups">
        {groups.map(({ code, count: n, subjects, firstAt, lastAt }) => {
          const isChosen = code !== null && chosen === code;
          return (
            <li key={code}>
              <button
                type="button"
                aria-pressed={isChosen}
                onClick={() => changeQuery({ q: isChosen ? undefined : (code ?? undefined) })}
              >
                <b className="group-count">{count(n)}</b>
                <span className="group-error">
                  <code>{code}</code> <IssueCodeText code={code ?? ''} />
                </span>
                <span className="quiet">{t('letters.enterprises', { count: subjects })}</span>
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
