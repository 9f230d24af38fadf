import type { ReactNode } from 'react';
import { count } from '../words/figures.ts';
import { useWords } from '../words/language.ts';
import './groups.css';
import { Section } from './page-head.tsx';
import { Age } from './time.tsx';

/** What stands together because it failed alike. */
export interface Group {
  key: string;
  /** The error. */
  what: ReactNode;
  count: number;
  enterprises: number;
  firstAt: string;
  lastAt: string;
  chosen: boolean;
  onPress: () => void;
}

/** The errors, the most frequent first: a press shows what failed with one, and all of it can be acted on. */
export function Groups({ groups }: { groups: readonly Group[] }) {
  const t = useWords();
  if (groups.length === 0) return null;
  return (
    <Section title={t('letters.by-error')} className="first">
      <ul className="groups">
        {groups.map((group) => (
          <li key={group.key}>
            <button type="button" aria-pressed={group.chosen} onClick={group.onPress}>
              <b className="group-count">{count(group.count)}</b>
              <span className="group-error">{group.what}</span>
              <span className="quiet">{t('letters.enterprises', { count: group.enterprises })}</span>
              <span className="quiet">
                <Age at={group.firstAt} />
                {group.firstAt !== group.lastAt && (
                  <>
                    {' – '}
                    <Age at={group.lastAt} />
                  </>
                )}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
