import { Section } from '../parts/page-head.tsx';
import { codeName } from '../words/codes.ts';
import { useLanguage, useWords } from '../words/language.ts';
import { categoryName } from './criteria-edition.ts';
import type { FindingResult, ValidationResult } from './validation-types.ts';

const RESULTS = ['met', 'best-practice', 'not-met'] as const;
type Shown = (typeof RESULTS)[number];

interface Criterion {
  criteria: string;
  criterion: string;
  category: number;
  counts: Record<FindingResult, number>;
}

/** What the facilities of a round did with each criterion: what they must and what they should, apart. */
export function CriteriaBars({ results }: { results: readonly ValidationResult[] }) {
  const t = useWords();
  useLanguage();
  return (
    <Section
      title={t('validations.by-criterion')}
      tools={
        <ul className="legend">
          {RESULTS.map((result) => (
            <li key={result}>
              <span className={`swatch ${result}`} /> {codeName('finding-results', result)}
            </li>
          ))}
        </ul>
      }
    >
      <div className="obligations">
        {(['must', 'should'] as const).map((obligation) => (
          <Bars
            key={obligation}
            title={codeName('obligations', obligation)}
            rows={countBy(results, obligation)}
          />
        ))}
      </div>
    </Section>
  );
}

function Bars({ title, rows }: { title: string; rows: Criterion[] }) {
  const t = useWords();
  const most = Math.max(1, ...rows.map(totalOf));
  return (
    <div>
      <h3>{title}</h3>
      {rows.length === 0 && <p className="quiet">{t('validations.no-findings')}</p>}
      <ul className="bars">
        {rows.map((row, index) => {
          const first = rows[index - 1]?.category !== row.category;
          return (
            <li key={`${row.criteria} ${row.criterion}`}>
              {first && <p className="quiet">{categoryName(row.criteria, row.category)}</p>}
              <div className="bar-row">
                <span className="mono">{row.criterion}</span>
                <Bar row={row} most={most} />
                <span className="bar-figures">
                  {RESULTS.filter((result) => row.counts[result] > 0)
                    .map((result) => `${t(`finding-letter.${result}`)} ${row.counts[result]}`)
                    .join(' · ')}
                </span>
              </div>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function Bar({ row, most }: { row: Criterion; most: number }) {
  const parts = RESULTS.filter((result) => row.counts[result] > 0);
  const label = parts
    .map((result) => `${codeName('finding-results', result)}: ${row.counts[result]}`)
    .join(', ');
  let from = 0;
  return (
    <svg className="bar" viewBox={`0 0 ${most} 1`} preserveAspectRatio="none" role="img" aria-label={label}>
      {parts.map((result) => {
        const x = from;
        from += row.counts[result];
        return <rect key={result} className={result} x={x} y="0" width={row.counts[result]} height="1" />;
      })}
    </svg>
  );
}

function totalOf({ counts }: Criterion): number {
  return RESULTS.reduce((sum, result: Shown) => sum + counts[result], 0);
}

/** Criteria in the order of their numbers, each with how often it was found how. */
function countBy(results: readonly ValidationResult[], obligation: 'must' | 'should'): Criterion[] {
  const found = new Map<string, Criterion>();
  for (const { data } of results) {
    for (const finding of data.findings) {
      if (finding.obligation !== obligation) continue;
      const key = `${data.criteria} ${finding.criterion}`;
      const row = found.get(key) ?? {
        criteria: data.criteria,
        criterion: finding.criterion,
        category: finding.category,
        counts: { met: 0, 'not-met': 0, 'not-applicable': 0, 'best-practice': 0 },
      };
      row.counts[finding.result] += 1;
      found.set(key, row);
    }
  }
  return [...found.values()].sort(
    (a, b) =>
      a.criteria.localeCompare(b.criteria) ||
      a.category - b.category ||
      a.criterion.localeCompare(b.criterion, 'en', { numeric: true }),
  );
}
