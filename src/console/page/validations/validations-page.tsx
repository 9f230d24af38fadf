import { useData, usePaged } from '../api/use-data.ts';
import { PageHead, Section } from '../parts/page-head.tsx';
import { Empty, Shown } from '../parts/states.tsx';
import { type Column, RowLink, Table } from '../parts/table.tsx';
import type { PageProps } from '../places.ts';
import { count } from '../words/figures.ts';
import { useWords } from '../words/language.ts';
import { ActionsDue } from './actions-due.tsx';
import { RoundPicture } from './round-picture.tsx';
import type { Round, ValidationResult } from './validation-types.ts';
import './validations.css';

/** Rounds of joint validations; the one in the address, or the latest, as a picture. */
export default function ValidationsPage({ rest }: PageProps) {
  const t = useWords();
  const rounds = useData<{ items: Round[] }>('/v1/validation-rounds');
  return (
    <div className="page">
      <PageHead title={t('place.validations')} />
      <Shown of={rounds} rows={8}>
        {({ items }) => {
          const round = items.find((one) => one.round === rest) ?? (rest === '' ? items[0] : undefined);
          return (
            <>
              {items.length === 0 && <Empty title={t('validations.none')}>{t('validations.none-how')}</Empty>}
              {rest !== '' && !round && <Empty title={t('validations.no-round', { round: rest })} />}
              {round && <OneRound key={round.round} round={round} />}
              {items.length > 0 && <Rounds rounds={items} />}
            </>
          );
        }}
      </Shown>
    </div>
  );
}

/** More facilities than this are no round that a picture shows. */
const FACILITIES_MAX = 200;

function OneRound({ round }: { round: Round }) {
  const results = usePaged<ValidationResult>('/v1/validation-results', {
    query: { round: round.round, limit: FACILITIES_MAX },
  });
  const shown = { data: results.ready ? results.items : undefined, ...results };
  return (
    <>
      <Shown of={shown} rows={8}>
        {(items) => <RoundPicture round={round} results={items} />}
      </Shown>
      <ActionsDue round={round.round} />
    </>
  );
}

function Rounds({ rounds }: { rounds: Round[] }) {
  const t = useWords();
  const columns: Column<Round>[] = [
    {
      key: 'round',
      head: t('validations.round'),
      cell: ({ round }) => <RowLink to={`/validations/${round}`}>{round}</RowLink>,
    },
    { key: 'visits', head: t('validations.visits'), cell: (r) => `${r.firstVisit} – ${r.lastVisit}` },
    ...(['facilities', 'passed', 'passedWithActions', 'failed'] as const).map(
      (key): Column<Round> => ({
        key,
        head: t(`validations.count-${key}`),
        kind: 'figure',
        cell: (row) => count(row[key]),
      }),
    ),
  ];
  return (
    <Section title={t('validations.rounds')}>
      <Table
        label={t('validations.rounds')}
        rows={rounds}
        columns={columns}
        keyOf={({ round }) => round}
        to={({ round }) => ({ path: `/validations/${round}` })}
      />
    </Section>
  );
}
