import { useRef } from 'react';
import type { ListedMessage } from '../api/types.ts';
import { useData, usePaged } from '../api/use-data.ts';
import { Filters } from '../parts/filters.tsx';
import { Icon } from '../parts/icon.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Empty, ProblemNote, Skeleton, StaleMark } from '../parts/states.tsx';
import { Table, TableFoot } from '../parts/table.tsx';
import { useAction } from '../parts/use-action.tsx';
import { Link, useRoute } from '../router.tsx';
import { useWords } from '../words/language.ts';
import { exportMessages } from './export-messages.tsx';
import { useMessageColumns } from './message-columns.tsx';
import { filterOf, useMessageFields } from './message-filters.ts';

interface Counted {
  count: number;
  more: boolean;
  enterprises: number;
}

/** States in which an operator decides; acting on them is the business of the dead letters. */
const DECIDED = new Set(['parked', 'refused']);

export function MessageList() {
  const t = useWords();
  const { query } = useRoute();
  const filter = filterOf(query);
  const under = useRef(false);
  const [dialog, ask] = useAction();
  const page = usePaged<ListedMessage>('/v1/messages', {
    query: { ...filter, limit: 50 },
    topics: ['overview'],
    hold: () => under.current,
  });
  const counted = useData<Counted>('/v1/messages/count', { query: filter });
  const columns = useMessageColumns(page.items);
  return (
    <div className="page">
      <PageHead title={t('place.messages')}>
        <StaleMark stale={page.stale} show={page.reload} />
        {DECIDED.has(query.state ?? '') && query.direction !== 'in' && (
          <Link className="button" to="/dead-letters" query={{ ...lettersOf(query), kind: query.state }}>
            <Icon name="retry" />
            {t('messages.act')}
          </Link>
        )}
        <button type="button" disabled={page.items.length === 0} onClick={() => ask(exportMessages(filter))}>
          <Icon name="download" />
          {t('export.do')}
        </button>
      </PageHead>
      <Filters fields={useMessageFields()} search={t('messages.search')} savedAs="messages" />
      {page.problem && <ProblemNote problem={page.problem} retry={page.reload} />}
      {!page.ready && !page.problem && <Skeleton rows={12} />}
      {page.ready && page.items.length === 0 && <NoMessages filtered={Object.keys(filter).length > 0} />}
      {page.items.length > 0 && (
        <div
          className={page.changing ? 'loading' : undefined}
          onPointerEnter={() => {
            under.current = true;
          }}
          onPointerLeave={() => {
            under.current = false;
          }}
        >
          <Table
            label={t('place.messages')}
            rows={page.items}
            columns={columns}
            keyOf={({ id, link, direction }) => `${id} ${link} ${direction}`}
            to={({ id }) => ({ path: `/messages/${id}` })}
          />
          <TableFoot
            shown={page.items.length}
            total={counted.data && Math.max(counted.data.count, page.items.length)}
            atLeast={counted.data?.more ?? false}
            hasMore={page.hasMore}
            loading={page.loading}
            more={page.more}
          />
        </div>
      )}
      {dialog}
    </div>
  );
}

/** What dead letters are filtered by as well. */
function lettersOf({ link, type, subject, error, q, name, since, until }: Readonly<Record<string, string>>) {
  return { link, type, subject, error, q, name, since, until };
}

function NoMessages({ filtered }: { filtered: boolean }) {
  const t = useWords();
  if (filtered) return <Empty title={t('messages.none-match')}>{t('messages.none-match-do')}</Empty>;
  return <Empty title={t('messages.none')}>{t('messages.none-how')}</Empty>;
}
