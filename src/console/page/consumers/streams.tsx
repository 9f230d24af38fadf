import { type Data, useData } from '../api/use-data.ts';
import { StateBadge } from '../parts/badge.tsx';
import { ShortId } from '../parts/copy.tsx';
import { Facts, Section } from '../parts/page-head.tsx';
import { Empty, Shown } from '../parts/states.tsx';
import { type Column, RowButton, Table } from '../parts/table.tsx';
import { Age, Instant, None, Since } from '../parts/time.tsx';
import { changeQuery, Link, useRoute } from '../router.tsx';
import { wordFor } from '../words/codes.ts';
import { count } from '../words/figures.ts';
import { useWords } from '../words/language.ts';
import type { Stream, StreamError } from './consumer-types.ts';

/** From here on the gateway raises its alert as well. */
const LATE_MS = 15 * 60_000;
const ERRORS_SHOWN = 20;

export function Streams({ streams }: { streams: Data<{ items: Stream[] }> }) {
  const t = useWords();
  const { query } = useRoute();
  return (
    <Section title={t('consumers.streams')} className="first">
      <Shown of={streams} rows={3}>
        {({ items }) => {
          if (items.length === 0)
            return <Empty title={t('consumers.no-streams')}>{t('consumers.no-streams-how')}</Empty>;
          const toggle = ({ name }: Stream): void =>
            changeQuery({ stream: name === query.stream ? undefined : name });
          const open = items.find(({ name }) => name === query.stream);
          return (
            <>
              <Table
                label={t('consumers.streams')}
                rows={items}
                columns={columnsOf(t, toggle, query.stream)}
                keyOf={({ name }) => name}
                open={toggle}
              />
              {open && <StreamDetail key={open.name} stream={open} />}
            </>
          );
        }}
      </Shown>
    </Section>
  );
}

function stateOf({ oldestOwedAt }: Stream): string {
  if (oldestOwedAt === null) return 'idle';
  return Date.now() - Date.parse(oldestOwedAt) > LATE_MS ? 'behind' : 'waiting';
}

function columnsOf(
  t: ReturnType<typeof useWords>,
  toggle: (stream: Stream) => void,
  open: string | undefined,
): Column<Stream>[] {
  return [
    { key: 'state', head: t('word.state'), cell: (stream) => <StateBadge state={stateOf(stream)} /> },
    {
      key: 'name',
      head: t('word.name'),
      cell: (stream) => (
        <RowButton open={() => toggle(stream)} expanded={stream.name === open}>
          {stream.name}
        </RowButton>
      ),
    },
    { key: 'link', head: t('word.link'), cell: ({ link }) => link },
    {
      key: 'unacknowledged',
      head: t('consumers.unacknowledged'),
      kind: 'figure',
      cell: ({ unacknowledged }) => count(unacknowledged),
    },
    { key: 'behind', head: t('consumers.behind'), kind: 'figure', cell: ({ behind }) => count(behind) },
    {
      key: 'oldest',
      head: t('lanes.oldest'),
      named: true,
      cell: ({ oldestOwedAt }) => <Since at={oldestOwedAt} />,
    },
    {
      key: 'polled',
      head: t('consumers.polled'),
      named: true,
      cell: ({ polledAt }) => (polledAt === null ? t('consumers.never') : <Age at={polledAt} />),
    },
    {
      key: 'errors',
      head: t('consumers.errors'),
      kind: 'figure',
      cell: ({ errors }) => (errors === 0 ? <None /> : count(errors)),
    },
    {
      key: 'types',
      head: t('word.type'),
      kind: 'wide',
      cell: ({ types }) => types.map((type) => wordFor('type', type)).join(', '),
    },
  ];
}

function StreamDetail({ stream: { name, createdAt, createdBy, errors } }: { stream: Stream }) {
  const t = useWords();
  const told = useData<{ items: StreamError[] }>(`/v1/ops/streams/${encodeURIComponent(name)}/errors`, {
    query: { limit: ERRORS_SHOWN },
  });
  return (
    <div className="row-detail">
      <Facts
        items={[
          [t('word.name'), name],
          [t('consumers.made-by'), createdBy],
          [t('consumers.made-at'), <Instant key="at" at={createdAt} />],
        ]}
      />
      <h3>{t('consumers.errors-told', { n: count(errors) })}</h3>
      <Shown of={told} rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="quiet">{t('consumers.no-errors')}</p>
          ) : (
            <ul className="faults">
              {items.map(({ message, err, description, by, at }) => (
                <li key={`${message} ${at}`}>
                  <Link to={`/messages/${message}`}>
                    <ShortId id={message} />
                  </Link>{' '}
                  <code>{err}</code> {description !== '' && <q>{description}</q>}{' '}
                  <span className="quiet">
                    {by} · <Age at={at} />
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </div>
  );
}
