import { useRef } from 'react';
import type { DeadLetter, DeadLetterGroup } from '../api/types.ts';
import { useData, usePaged } from '../api/use-data.ts';
import { bulkAction, type LetterFilter } from '../jobs/bulk-action.tsx';
import { JobList } from '../jobs/job-list.tsx';
import type { Action } from '../parts/action-dialog.tsx';
import { exportRows } from '../parts/export-rows.tsx';
import { Filters } from '../parts/filters.tsx';
import { Icon } from '../parts/icon.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { useSelection } from '../parts/selection.ts';
import { SelectionBar } from '../parts/selection-bar.tsx';
import { Empty, ProblemNote, Skeleton, StaleMark } from '../parts/states.tsx';
import { Table, TableFoot } from '../parts/table.tsx';
import { Choice } from '../parts/tabs.tsx';
import { useAction } from '../parts/use-action.tsx';
import { changeQuery, type Query, queryText, useRoute } from '../router.tsx';
import { wordFor } from '../words/codes.ts';
import { count } from '../words/figures.ts';
import { useWords } from '../words/language.ts';
import { ErrorGroups } from './error-groups.tsx';
import { useLetterColumns } from './letter-columns.tsx';
import { letterFilterOf, useLetterFields } from './letter-filters.ts';

interface Groups {
  items: DeadLetterGroup[];
  total: number;
  enterprises: number;
}

const kinds = ['parked', 'refused'] as const;

/** What an operator may do with each kind. */
const acts = { parked: ['retry', 'withdraw'], refused: ['resubmit', 'dismiss'] } as const;

const COLUMNS = [
  'id',
  'link',
  'kind',
  'type',
  'subject',
  'version',
  'urgent',
  'txn',
  'at',
  'err',
  'reason',
  'holding',
] as const;

function exportLetters(filter: Query, matching: number): Action {
  return exportRows<DeadLetter>({
    path: '/v1/ops/dead-letters',
    filter,
    columns: COLUMNS,
    file: 'dead-letters.csv',
    matching: () => Promise.resolve(matching),
  });
}

/** Messages that go nowhere until somebody decides: by error, and all of one error at once. */
export default function DeadLettersPage() {
  const t = useWords();
  const { query } = useRoute();
  const kind = kinds.find((known) => known === query.kind) ?? 'parked';
  const filter = letterFilterOf(query);
  const under = useRef(false);
  const selection = useSelection(`${kind} ${queryText(filter)}`);
  const list = usePaged<DeadLetter>('/v1/ops/dead-letters', {
    query: { ...filter, kind, limit: 50 },
    topics: ['overview', 'job'],
    hold: () => under.current || selection.all || selection.keys.size > 0,
  });
  const columns = useLetterColumns(list.items);
  const groups = useData<Groups>('/v1/ops/dead-letters/groups', {
    query: { ...filter, kind },
    topics: ['overview', 'job'],
  });
  const [dialog, ask] = useAction(() => {
    selection.clear();
    list.reload();
    groups.reload();
  });
  const meant = (): LetterFilter => (selection.keys.size > 0 ? { ids: [...selection.keys] } : { ...filter });
  const matching = groups.data?.total;
  // What comes first can be done with all that match at once: three presses from the alarm.
  const isNone = !selection.all && selection.keys.size === 0;
  return (
    <div className="page">
      <PageHead title={t('place.dead-letters')}>
        <StaleMark stale={list.stale} show={list.reload} />
        <button
          type="button"
          disabled={list.items.length === 0}
          onClick={() => ask(exportLetters({ ...filter, kind }, matching ?? list.items.length))}
        >
          <Icon name="download" />
          {t('export.do')}
        </button>
        <Choice
          label={t('letters.kind')}
          value={kind}
          options={kinds.map((value) => ({ value, name: wordFor('state', value) }))}
          choose={(value) => changeQuery({ kind: value })}
        />
      </PageHead>
      <Filters fields={useLetterFields()} search={t('letters.search')} savedAs="dead-letters" />
      <ErrorGroups groups={groups.data?.items ?? []} chosen={query.error} />
      {list.problem && <ProblemNote problem={list.problem} retry={list.reload} />}
      {!list.ready && !list.problem && <Skeleton rows={8} />}
      {list.ready && list.items.length === 0 && (
        <Empty title={t(`letters.no-${kind}`)}>{t(`letters.no-${kind}-how`)}</Empty>
      )}
      {list.items.length > 0 && (
        <div
          onPointerEnter={() => {
            under.current = true;
          }}
          onPointerLeave={() => {
            under.current = false;
          }}
        >
          <SelectionBar selection={selection} matching={matching}>
            {acts[kind].map((act, index) => (
              <button
                key={act}
                type="button"
                className={index === 0 ? 'main' : act === 'withdraw' ? 'danger' : undefined}
                disabled={isNone && (index > 0 || matching === undefined)}
                onClick={() => ask(bulkAction(act, meant()))}
              >
                {isNone && index === 0 && matching !== undefined
                  ? t(`letters.${act}-all`, { n: count(matching) })
                  : wordFor('act', act)}
              </button>
            ))}
          </SelectionBar>
          <Table
            label={t('place.dead-letters')}
            rows={list.items}
            columns={columns}
            keyOf={({ id }) => id}
            nameOf={({ subject }) => subject}
            to={({ id }) => ({ path: `/messages/${id}` })}
            selection={selection}
          />
          <TableFoot
            shown={list.items.length}
            total={matching}
            hasMore={list.hasMore}
            loading={list.loading}
            more={list.more}
          />
        </div>
      )}
      <JobList />
      {dialog}
    </div>
  );
}
