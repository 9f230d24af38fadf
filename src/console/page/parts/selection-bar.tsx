import type { ReactNode } from 'react';
import { count } from '../words/figures.ts';
import { useWords } from '../words/language.ts';
import type { Selection } from './selection.ts';

/**
 * Above a table: how many rows are meant and what can be done with them. "Select all 12,408 that match" stands beside
 * what is on the page.
 *
 * @param children the actions
 */
export function SelectionBar({
  selection,
  matching,
  children,
}: {
  selection: Selection;
  /** How many match the filter; undefined while it is not known. */
  matching: number | undefined;
  children: ReactNode;
}) {
  const t = useWords();
  const meant = selection.all ? matching : selection.keys.size;
  const some = selection.all || selection.keys.size > 0;
  return (
    <div className="selection" role="toolbar" aria-label={t('table.actions')}>
      <span className={some ? undefined : 'quiet'}>
        {meant === undefined ? t('table.all-selected') : t('table.selected', { n: count(meant) })}
      </span>
      {!selection.all && matching !== undefined && matching > selection.keys.size && (
        <button type="button" className="plain link" onClick={selection.selectAll}>
          {t('table.select-all', { n: count(matching) })}
        </button>
      )}
      {some && (
        <button type="button" className="plain link" onClick={selection.clear}>
          {t('table.select-none')}
        </button>
      )}
      <span className="grow" />
      {children}
    </div>
  );
}
