import { purposes } from '../api/purpose.ts';
import { usePaged } from '../api/use-data.ts';
import { Filters } from '../parts/filters.tsx';
import { Empty, ProblemNote, Skeleton } from '../parts/states.tsx';
import { type Column, Table, TableFoot } from '../parts/table.tsx';
import { Instant } from '../parts/time.tsx';
import { useRoute } from '../router.tsx';
import { wordFor } from '../words/codes.ts';
import { count } from '../words/figures.ts';
import { useWords } from '../words/language.ts';
import type { PartnerRead } from './audit-types.ts';

/** Who read what of the partner's data, and what for. */
export function ReadList() {
  const t = useWords();
  const { query } = useRoute();
  const reads = usePaged<PartnerRead>('/v1/ops/reads', {
    query: {
      principal: query.principal,
      id: query.id,
      purpose: query.purpose,
      since: query.since,
      until: query.until,
    },
  });
  return (
    <>
      <Filters
        fields={[
          { name: 'principal', label: t('audit.who'), kind: 'text' },
          { name: 'id', label: t('register.id'), kind: 'text' },
          {
            name: 'purpose',
            label: t('audit.purpose'),
            kind: 'choice',
            options: purposes.map((value) => ({ value, name: wordFor('purpose', value) })),
          },
          { name: 'since', label: t('audit.from'), kind: 'instant' },
          { name: 'until', label: t('audit.to'), kind: 'instant' },
        ]}
      />
      {reads.problem && <ProblemNote problem={reads.problem} retry={reads.reload} />}
      {!reads.ready && !reads.problem && <Skeleton rows={10} />}
      {reads.ready && reads.items.length === 0 && (
        <Empty title={t('audit.no-reads')}>{t('audit.no-reads-how')}</Empty>
      )}
      {reads.items.length > 0 && (
        <>
          <Table
            label={t('audit.tab-reads')}
            rows={reads.items}
            columns={columnsOf(t)}
            keyOf={({ id }) => id}
          />
          <TableFoot
            shown={reads.items.length}
            hasMore={reads.hasMore}
            loading={reads.loading}
            more={reads.more}
          />
        </>
      )}
    </>
  );
}

/** Ids shown in a row; the rest are in the entry. */
const IDS_SHOWN = 5;

function columnsOf(t: ReturnType<typeof useWords>): Column<PartnerRead>[] {
  return [
    { key: 'who', head: t('audit.who'), cell: ({ principal }) => principal },
    { key: 'purpose', head: t('audit.purpose'), cell: ({ purpose }) => wordFor('purpose', purpose) },
    { key: 'what', head: t('audit.what'), cell: ({ what }) => wordFor('audit-read', what) },
    { key: 'from', head: t('audit.from'), cell: ({ from }) => <Instant at={from} /> },
    { key: 'to', head: t('audit.to'), cell: ({ to }) => <Instant at={to} /> },
    { key: 'count', head: t('audit.ids-count'), kind: 'figure', cell: ({ ids }) => count(ids.length) },
    {
      key: 'ids',
      head: t('audit.ids'),
      kind: 'wide',
      cell: ({ ids }) => (
        <span className="mono" title={ids.slice(0, 100).join('\n')}>
          {ids.slice(0, IDS_SHOWN).join(' ')}
        </span>
      ),
    },
  ];
}
