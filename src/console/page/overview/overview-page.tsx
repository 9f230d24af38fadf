import './overview.css';
import { useOverview } from '../frame/overview-of.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Empty, Shown } from '../parts/states.tsx';
import { useWords } from '../words/language.ts';
import { AlertsBar } from './alerts-bar.tsx';
import { LinkDirections } from './link-directions.tsx';
import { ShiftNotes } from './shift-notes.tsx';
import { Traffic } from './traffic.tsx';
import { UrgentLine } from './urgent-line.tsx';

/** Is anything wrong, since when, what waits because of it, what to do: within three seconds. */
export default function OverviewPage() {
  const t = useWords();
  const overview = useOverview();
  return (
    <div className="page overview">
      <PageHead title={t('place.overview')} />
      <AlertsBar />
      <Shown of={overview} rows={6}>
        {({ links, party, urgent }) => (
          <>
            {links.length === 0 && <Empty title={t('overview.no-link')}>{t('overview.no-link-how')}</Empty>}
            {links.map((link) => (
              <LinkDirections key={link.id} link={link} party={party ?? ''} />
            ))}
            {links.length > 0 && <Traffic links={links.map(({ id }) => id)} />}
            <div className="two">
              <UrgentLine urgent={urgent ?? null} />
              <ShiftNotes />
            </div>
          </>
        )}
      </Shown>
    </div>
  );
}
