import { useData } from '../api/use-data.ts';
import { StateBadge } from '../parts/badge.tsx';
import { Copy } from '../parts/copy.tsx';
import { NamePair } from '../parts/name-pair.tsx';
import { Facts, PageHead, Section } from '../parts/page-head.tsx';
import { Shown } from '../parts/states.tsx';
import { Instant } from '../parts/time.tsx';
import { Link, type Query, useRoute } from '../router.tsx';
import { codeName } from '../words/codes.ts';
import { useWords } from '../words/language.ts';
import { AtTime } from './at-time.tsx';
import { HistoryOf } from './history-of.tsx';
import { RecognitionOf } from './recognition-of.tsx';
import type { Address, Enterprise } from './register-types.ts';
import { gradeName, nameOf, standingTone } from './standing.tsx';
import './register.css';

/** One enterprise as its authority states it, on a day and as it was known then. */
export function EnterpriseDetail({ id }: { id: string }) {
  const t = useWords();
  const { query } = useRoute();
  const asked: Query = { link: query.link, on: query.on, asOf: query.asOf };
  const answer = useData<Enterprise>(`/v1/enterprises/${encodeURIComponent(id)}`, { query: asked });
  return (
    <div className="page">
      <p className="back">
        <Link to="/register">{t('place.register')}</Link>
      </p>
      <AtTime />
      <Shown of={answer} rows={8}>
        {(enterprise) => (
          <>
            <PageHead
              title={
                <>
                  <Copy text={enterprise.id} /> <NamePair name={nameOf(enterprise)} />
                </>
              }
            >
              {enterprise.standing && (
                <StateBadge
                  state={enterprise.standing.status}
                  text={codeName('statuses', enterprise.standing.status)}
                  tone={standingTone(enterprise.standing.status)}
                />
              )}
            </PageHead>
            <div className="two-columns">
              <StandingOf enterprise={enterprise} />
              <RecognitionOf id={enterprise.id} query={asked} />
            </div>
            <RecordOf enterprise={enterprise} />
          </>
        )}
      </Shown>
      <HistoryOf id={id} query={asked} />
    </div>
  );
}

function StandingOf({ enterprise }: { enterprise: Enterprise }) {
  const t = useWords();
  const { standing, party, link, incomplete } = enterprise;
  return (
    <Section title={t('register.standing')}>
      {incomplete && <p className="note warn">{t('register.incomplete')}</p>}
      <Facts
        items={[
          [t('register.party'), codeName('parties', party)],
          [t('register.link'), link],
          [t('register.grade'), gradeName(standing)],
          [t('register.regime'), standing && codeName('regimes', standing.regime)],
          [t('register.since'), standing?.since],
          [t('register.version'), standing?.version],
          [t('register.received'), standing && <Instant at={standing.receivedAt} />],
          [
            t('register.source'),
            standing && <Link to={`/messages/${standing.source}`}>{t('register.message')}</Link>,
          ],
        ]}
      />
    </Section>
  );
}

function RecordOf({ enterprise: { record, recordVersion, recordSource } }: { enterprise: Enterprise }) {
  const t = useWords();
  if (!record) return null;
  const { enterprise, consent } = record;
  return (
    <Section title={t('register.record')}>
      <Facts
        items={[
          ...(enterprise.identifiers ?? []).map(
            ({ scheme, value }) =>
              [codeName('identifier-schemes', scheme), <Copy key={value} text={value} />] as const,
          ),
          ...(enterprise.addresses ?? []).map(
            (address) => [codeName('address-types', address.type), addressLine(address)] as const,
          ),
          [t('register.roles'), enterprise.roles?.map((role) => codeName('roles', role)).join(', ')],
          [t('register.programme'), record.programme && codeName('programmes', record.programme)],
          [t('register.certified-on'), record.certifiedOn],
          [t('register.last-validated'), record.lastValidatedOn],
          [t('register.next-review'), record.nextReviewDue],
          [t('register.valid-until'), record.validUntil],
          [t('register.consent-given'), consent?.givenOn],
          [t('register.consent-withdrawn'), consent?.withdrawnOn],
          [
            t('register.source'),
            recordSource && (
              <Link to={`/messages/${recordSource}`}>
                {t('register.version-n', { n: recordVersion ?? 0 })}
              </Link>
            ),
          ],
        ]}
      />
    </Section>
  );
}

function addressLine({ lines, city, subdivision, postalCode, country }: Address): string {
  return [...lines, city, subdivision, postalCode, country].filter(Boolean).join(', ');
}
