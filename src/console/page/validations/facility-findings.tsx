import { StateBadge, type Tone } from '../parts/badge.tsx';
import { NamePair } from '../parts/name-pair.tsx';
import { Facts, Section } from '../parts/page-head.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { None } from '../parts/time.tsx';
import { nameOfRecord } from '../register/standing.tsx';
import { Link } from '../router.tsx';
import { codeName } from '../words/codes.ts';
import { useWords } from '../words/language.ts';
import { categoryName } from './criteria-edition.ts';
import { outcomeTone } from './outcome.ts';
import type { Finding, FindingResult, ValidationResult } from './validation-types.ts';

const TONES: Readonly<Record<FindingResult, Tone>> = {
  met: 'ok',
  'best-practice': 'ok',
  'not-met': 'bad',
  'not-applicable': 'quiet',
};

/** What was found at one facility, by whom, and where it is said. */
export function FacilityFindings({ result }: { result: ValidationResult }) {
  const t = useWords();
  const { data, source } = result;
  return (
    <Section
      title={<NamePair name={nameOfRecord(data.facility.name)} />}
      tools={
        <StateBadge
          state={data.outcome}
          text={codeName('outcomes', data.outcome)}
          tone={outcomeTone(data.outcome)}
        />
      }
    >
      <Facts
        items={[
          [t('validations.id'), result.validationId],
          [t('validations.visit'), `${data.visit.from} – ${data.visit.to}`],
          [t('validations.lead'), codeName('parties', data.lead)],
          [t('validations.criteria'), codeName('criteria', data.criteria)],
          [
            t('validations.team'),
            data.team
              ?.map(({ office, role, party }) => `${office} (${party}, ${codeName('team-roles', role)})`)
              .join('; '),
          ],
          [
            t('validations.enterprise'),
            data.enterpriseId && <Link to={`/register/${data.enterpriseId}`}>{data.enterpriseId}</Link>,
          ],
          [
            t('register.source'),
            <Link key="source" to={`/messages/${source}`}>
              {t('register.message')}
            </Link>,
          ],
        ]}
      />
      <Table
        label={t('validations.findings')}
        rows={data.findings}
        columns={columnsOf(t, data.criteria)}
        keyOf={({ criterion }) => criterion}
      />
    </Section>
  );
}

function columnsOf(t: ReturnType<typeof useWords>, criteria: string): Column<Finding>[] {
  return [
    {
      key: 'result',
      head: t('validations.result'),
      cell: ({ result }) => (
        <StateBadge state={result} text={codeName('finding-results', result)} tone={TONES[result]} />
      ),
    },
    {
      key: 'criterion',
      head: t('validations.criterion'),
      cell: ({ criterion, category }) => `${criterion} ${categoryName(criteria, category)}`,
    },
    {
      key: 'obligation',
      head: t('validations.obligation'),
      cell: ({ obligation }) => codeName('obligations', obligation),
    },
    { key: 'note', head: t('validations.note'), kind: 'wide', cell: ({ note }) => note ?? <None /> },
    { key: 'action', head: t('validations.action'), cell: ({ action }) => action ?? <None /> },
    { key: 'due', head: t('validations.due'), cell: ({ dueOn }) => dueOn ?? <None /> },
  ];
}
