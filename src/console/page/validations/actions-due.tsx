import { usePaged } from '../api/use-data.ts';
import { StateBadge } from '../parts/badge.tsx';
import { NamePair } from '../parts/name-pair.tsx';
import { Section } from '../parts/page-head.tsx';
import { Empty, ProblemNote, Skeleton } from '../parts/states.tsx';
import { type Column, Table, TableFoot } from '../parts/table.tsx';
import { None } from '../parts/time.tsx';
import { nameOfRecord } from '../register/standing.tsx';
import { Link } from '../router.tsx';
import { codeName, wordFor } from '../words/codes.ts';
import { useWords } from '../words/language.ts';
import { categoryName } from './criteria-edition.ts';
import type { CorrectiveAction } from './validation-types.ts';

/** What the facilities of a round still have to put right, the soonest due first. */
export function ActionsDue({ round }: { round: string }) {
  const t = useWords();
  const actions = usePaged<CorrectiveAction>('/v1/validation-actions', { query: { round, limit: 50 } });
  return (
    <Section title={t('validations.actions')}>
      {actions.problem && <ProblemNote problem={actions.problem} retry={actions.reload} />}
      {!actions.ready && !actions.problem && <Skeleton rows={4} />}
      {actions.ready && actions.items.length === 0 && (
        <Empty title={t('validations.no-actions')}>{t('validations.no-actions-how')}</Empty>
      )}
      {actions.items.length > 0 && (
        <>
          <Table
            label={t('validations.actions')}
            rows={actions.items}
            columns={columnsOf(t, round)}
            keyOf={({ validationId, criterion }) => `${validationId} ${criterion}`}
          />
          <TableFoot
            shown={actions.items.length}
            hasMore={actions.hasMore}
            loading={actions.loading}
            more={actions.more}
          />
        </>
      )}
    </Section>
  );
}

function columnsOf(t: ReturnType<typeof useWords>, round: string): Column<CorrectiveAction>[] {
  return [
    {
      key: 'status',
      head: t('validations.status'),
      cell: ({ status }) => (
        <StateBadge
          state={status}
          text={wordFor('action-status', status)}
          tone={status === 'overdue' ? 'bad' : 'quiet'}
        />
      ),
    },
    { key: 'due', head: t('validations.due'), cell: ({ dueOn }) => dueOn ?? <None /> },
    {
      key: 'facility',
      head: t('validations.facility'),
      cell: ({ validationId, facility }) => (
        <Link to={`/validations/${round}`} query={{ facility: validationId }}>
          <NamePair name={nameOfRecord(facility.name)} />
        </Link>
      ),
    },
    {
      key: 'criterion',
      head: t('validations.criterion'),
      cell: ({ criteria, criterion, category, obligation }) =>
        `${criterion} ${categoryName(criteria, category)} (${codeName('obligations', obligation)})`,
    },
    { key: 'action', head: t('validations.action'), kind: 'wide', cell: ({ action }) => action },
  ];
}
