import { usePaged } from '../api/use-data.ts';
import { Section } from '../parts/page-head.tsx';
import { Empty, ProblemNote, Skeleton } from '../parts/states.tsx';
import { TableFoot } from '../parts/table.tsx';
import { Instant } from '../parts/time.tsx';
import { Link, type Query } from '../router.tsx';
import { inOwnWords, useLanguage, useWords } from '../words/language.ts';
import type { HistoryStep } from './register-types.ts';

/** What happened to an enterprise, a step a message, in the order in which they count. */
export function HistoryOf({ id, query }: { id: string; query: Query }) {
  const t = useWords();
  const history = usePaged<HistoryStep>(`/v1/enterprises/${encodeURIComponent(id)}/history`, { query });
  return (
    <Section title={t('register.history')}>
      {history.problem && <ProblemNote problem={history.problem} retry={history.reload} />}
      {!history.ready && !history.problem && <Skeleton rows={4} />}
      {history.ready && history.items.length === 0 && <Empty title={t('register.no-history')} />}
      <ol className="history">
        {history.items.map((step) => (
          <Step key={step.message} step={step} />
        ))}
      </ol>
      {history.items.length > 0 && (
        <TableFoot
          shown={history.items.length}
          hasMore={history.hasMore}
          loading={history.loading}
          more={history.more}
        />
      )}
    </Section>
  );
}

function Step({ step }: { step: HistoryStep }) {
  const t = useWords();
  useLanguage();
  const notes = [
    step.reason,
    step.legalBasis,
    step.relatedValidation,
    step.late ? t('register.late') : undefined,
    step.correctedBy ? t('register.corrected-by', { n: step.correctedBy.version }) : undefined,
  ].filter(Boolean);
  return (
    <li className={step.correctedBy ? 'corrected' : undefined}>
      <div className="history-when">
        <span>{step.effective}</span>
        <span className="quiet">
          <Instant at={step.receivedAt} />
        </span>
      </div>
      <div>
        <p>
          {inOwnWords(step.summary)}{' '}
          <Link to={`/messages/${step.message}`}>{t('register.version-n', { n: step.version })}</Link>
        </p>
        {notes.length > 0 && <p className="quiet">{notes.join(' · ')}</p>}
        {step.changes.length > 0 && (
          <details>
            <summary>{t('register.changes', { count: step.changes.length })}</summary>
            <ul className="changes">
              {step.changes.map((change) => (
                <li key={change.pointer}>
                  <code>{change.pointer}</code> {shown(change.old)} → {shown(change.new)}
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
    </li>
  );
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
