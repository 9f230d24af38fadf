import type { ReactNode } from 'react';
import type { ApiProblem } from '../api/problem.ts';
import { isKey, language, say, useWords } from '../words/language.ts';
import { IssueText, Said } from '../words/said.tsx';
import { Copy } from './copy.tsx';
import { Icon } from './icon.tsx';

/** Grey rows in the place of what is still on its way. */
export function Skeleton({ rows = 5 }: { rows?: number }) {
  const t = useWords();
  return (
    <div className="skeleton" role="status" aria-label={t('part.loading')}>
      {Array.from({ length: rows }, (_, index) => `row ${index}`).map((row) => (
        <div key={row} />
      ))}
    </div>
  );
}

/** Nothing is here: what would be, and how it comes. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <p>
        <strong>{title}</strong>
      </p>
      {children && <p className="quiet">{children}</p>}
    </div>
  );
}

/** What went wrong, what to do, and the id to quote. */
export function ProblemNote({ problem, retry }: { problem: ApiProblem; retry?: () => void }) {
  const t = useWords();
  const { detail, instance, errors = [] } = problem.document;
  const doKey = `problem-do.${problem.code}`;
  return (
    <div className="note bad" role="alert">
      <Icon name="attention" />
      <div>
        <p>
          <strong>{titleOf(problem)}</strong>
        </p>
        {detail !== undefined && (
          <p>
            <Said text={detail} />
          </p>
        )}
        {isKey(doKey) && <p>{t(doKey)}</p>}
        {errors.length > 0 && (
          <ul>
            {errors.map((issue) => (
              <li key={`${issue.pointer} ${issue.code} ${issue.message}`}>
                {issue.pointer !== '' && <code>{issue.pointer}</code>} <IssueText issue={issue} />
              </li>
            ))}
          </ul>
        )}
        <p className="note-foot">
          {retry && (
            <button type="button" onClick={retry}>
              {t('part.try-again')}
            </button>
          )}
          {instance !== undefined && (
            <span className="quiet">
              {t('problem.quote')} <Copy text={instance} />
            </span>
          )}
        </p>
      </div>
    </div>
  );
}

/** A code that this page has no words for is shown in those of the answer, in English only. */
function titleOf({ code, document: { title } }: ApiProblem): string {
  const key = `problem.${code}`;
  if (isKey(key)) return say(key);
  return (language() === 'en' && title) || say('problem.unknown');
}

/** One answer's three states: on its way, failed, here. What was shown before a failure stays. */
export function Shown<T>({
  of: { data, problem, reload },
  rows = 5,
  children,
}: {
  of: { data: T | undefined; problem: ApiProblem | undefined; reload(): void };
  rows?: number;
  children(data: T): ReactNode;
}) {
  return (
    <>
      {problem && <ProblemNote problem={problem} retry={reload} />}
      {data !== undefined ? children(data) : !problem && <Skeleton rows={rows} />}
    </>
  );
}

/** Rows changed on the gateway while they must not move under the pointer: the person says when. */
export function StaleMark({ stale, show }: { stale: boolean; show(): void }) {
  const t = useWords();
  if (!stale) return null;
  return (
    <button type="button" onClick={show}>
      <Icon name="retry" />
      {t('table.stale')}
    </button>
  );
}
