import type { Urgent } from '../api/types.ts';
import { StateBadge } from '../parts/badge.tsx';
import { NamePair } from '../parts/name-pair.tsx';
import { Section } from '../parts/page-head.tsx';
import { Age } from '../parts/time.tsx';
import { Link } from '../router.tsx';
import { codeName, wordFor } from '../words/codes.ts';
import { span } from '../words/figures.ts';
import { useWords } from '../words/language.ts';

/** The last message that could not wait, and how long it took. */
export function UrgentLine({ urgent }: { urgent: Urgent | null }) {
  const t = useWords();
  return (
    <Section title={t('overview.urgent')}>
      {urgent === null ? (
        <p className="quiet">{t('overview.no-urgent')}</p>
      ) : (
        <p className="urgent">
          <StateBadge state={urgent.state} />
          <Link to={`/messages/${urgent.id}`}>{urgent.subject}</Link>
          <NamePair name={urgent.name} />
          <span>{urgent.change ? codeName('changes', urgent.change) : wordFor('type', urgent.type)}</span>
          <span className="quiet">
            {urgent.seconds !== null && t('overview.took', { span: span(urgent.seconds * 1000) })}{' '}
            <Age at={urgent.acceptedAt} />
          </span>
        </p>
      )}
    </Section>
  );
}
