import { useOverview } from '../frame/overview-of.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Empty, Skeleton } from '../parts/states.tsx';
import { Choice } from '../parts/tabs.tsx';
import { changeQuery, useRoute } from '../router.tsx';
import { useWords } from '../words/language.ts';
import { Comparisons } from './comparisons.tsx';
import { Reconciliations } from './reconciliations.tsx';
import './reconciliation.css';

/** Whether both sides hold the same: the registers' records, and the messages themselves. */
export default function ReconciliationPage() {
  const t = useWords();
  const { query } = useRoute();
  const { data: overview } = useOverview();
  const links = overview?.links.map(({ id }) => id) ?? [];
  const link = links.find((id) => id === query.link) ?? links[0];
  return (
    <div className="page">
      <PageHead title={t('place.reconciliation')}>
        {links.length > 1 && link !== undefined && (
          <Choice
            label={t('register.link')}
            options={links.map((id) => ({ value: id, name: id }))}
            value={link}
            choose={(id) => changeQuery({ link: id })}
          />
        )}
      </PageHead>
      {!overview && <Skeleton rows={8} />}
      {overview && link === undefined && <Empty title={t('reconciliation.no-link')} />}
      {link !== undefined && (
        <>
          <Reconciliations key={`r ${link}`} link={link} />
          <Comparisons key={`c ${link}`} link={link} />
        </>
      )}
    </div>
  );
}
