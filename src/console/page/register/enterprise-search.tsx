import { usePaged } from '../api/use-data.ts';
import { StateBadge } from '../parts/badge.tsx';
import { type FilterField, Filters } from '../parts/filters.tsx';
import { NamePair } from '../parts/name-pair.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Empty, ProblemNote, Skeleton } from '../parts/states.tsx';
import { type Column, RowLink, Table, TableFoot } from '../parts/table.tsx';
import { None } from '../parts/time.tsx';
import { type Query, useRoute } from '../router.tsx';
import { codeName, codesOf } from '../words/codes.ts';
import { useWords } from '../words/language.ts';
import type { Enterprise } from './register-types.ts';
import { gradeName, nameOf, standingTone } from './standing.tsx';

export function EnterpriseSearch() {
  const t = useWords();
  const { query } = useRoute();
  const found = usePaged<Enterprise>('/v1/enterprises', { query: questionOf(query) });
  return (
    <div className="page">
      <PageHead title={t('place.register')} />
      <Filters search={t('register.search')} fields={useFields()} savedAs="register" />
      {found.problem && <ProblemNote problem={found.problem} retry={found.reload} />}
      {!found.ready && !found.problem && <Skeleton rows={10} />}
      {found.ready && found.items.length === 0 && (
        <Empty title={t('register.none')}>{t('register.none-how')}</Empty>
      )}
      {found.items.length > 0 && (
        <>
          <Table
            label={t('place.register')}
            rows={found.items}
            columns={columnsOf(t)}
            keyOf={({ link, party, id }) => `${link} ${party} ${id}`}
            to={({ id, link }) => ({ path: `/register/${id}`, query: detailQuery(query, link) })}
          />
          <TableFoot
            shown={found.items.length}
            hasMore={found.hasMore}
            loading={found.loading}
            more={found.more}
          />
        </>
      )}
    </div>
  );
}

function detailQuery({ on, asOf }: Readonly<Record<string, string>>, link: string): Query {
  return { link, on, asOf };
}

/** One text finds identifiers and names: an identifier has a digit and no space within it. */
function questionOf({ q = '', ...filters }: Readonly<Record<string, string>>): Query {
  const text = q.trim();
  if (text === '') return filters;
  const isIdentifier = /\d/.test(text) && /^[\w-]+$/.test(text);
  return { ...filters, [isIdentifier ? 'identifier' : 'name']: text };
}

function useFields(): FilterField[] {
  const t = useWords();
  return [
    { name: 'party', label: t('register.party'), kind: 'choice', options: codesOf('parties') },
    { name: 'status', label: t('register.status'), kind: 'choice', options: codesOf('statuses') },
    { name: 'class', label: t('register.class'), kind: 'choice', options: codesOf('gacc-classes') },
    { name: 'tier', label: t('register.tier'), kind: 'choice', options: codesOf('ctpat-tiers') },
    { name: 'regime', label: t('register.regime'), kind: 'choice', options: codesOf('regimes') },
    { name: 'place', label: t('register.place'), kind: 'text' },
    { name: 'reviewFrom', label: t('register.review-from'), kind: 'date' },
    { name: 'reviewUntil', label: t('register.review-until'), kind: 'date' },
    { name: 'on', label: t('register.on'), kind: 'date' },
    { name: 'asOf', label: t('register.as-of'), kind: 'instant' },
  ];
}

function columnsOf(t: ReturnType<typeof useWords>): Column<Enterprise>[] {
  return [
    {
      key: 'status',
      head: t('register.status'),
      cell: ({ standing }) =>
        standing ? (
          <StateBadge
            state={standing.status}
            text={codeName('statuses', standing.status)}
            tone={standingTone(standing.status)}
          />
        ) : (
          <None />
        ),
    },
    {
      key: 'id',
      head: t('register.id'),
      cell: ({ id, link }) => (
        <RowLink to={`/register/${id}`} query={{ link }}>
          <span className="mono">{id}</span>
        </RowLink>
      ),
    },
    {
      key: 'name',
      head: t('register.name'),
      kind: 'wide',
      cell: (row) => <NamePair name={nameOf(row)} />,
    },
    { key: 'grade', head: t('register.grade'), cell: ({ standing }) => gradeName(standing) ?? <None /> },
    {
      key: 'place',
      head: t('register.place'),
      cell: ({ record }) => record?.enterprise.addresses?.[0]?.city ?? <None />,
    },
    { key: 'since', head: t('register.since'), cell: ({ standing }) => standing?.since ?? <None /> },
    {
      key: 'review',
      head: t('register.next-review'),
      cell: ({ record }) => record?.nextReviewDue ?? <None />,
    },
  ];
}
