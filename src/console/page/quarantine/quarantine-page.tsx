import { useState } from 'react';
import { download, send } from '../api/client.ts';
import { useMay } from '../api/session.ts';
import type { Quarantined } from '../api/types.ts';
import { useData, usePaged } from '../api/use-data.ts';
import { useOverview } from '../frame/overview-of.tsx';
import type { Action } from '../parts/action-dialog.tsx';
import { Copy, ShortId } from '../parts/copy.tsx';
import { Filters } from '../parts/filters.tsx';
import { Icon } from '../parts/icon.tsx';
import { Facts, PageHead } from '../parts/page-head.tsx';
import { Empty, ProblemNote, Skeleton, StaleMark } from '../parts/states.tsx';
import { type Column, RowButton, Table, TableFoot } from '../parts/table.tsx';
import { Age, Instant } from '../parts/time.tsx';
import { useAction } from '../parts/use-action.tsx';
import { useRoute } from '../router.tsx';
import { wordFor } from '../words/codes.ts';
import { count } from '../words/figures.ts';
import { say, useWords } from '../words/language.ts';
import { IssueText } from '../words/said.tsx';
import { type QuarantineGroup, QuarantineGroups } from './quarantine-groups.tsx';

/** What the partner signed and this side refused. The partner knows of each by its answer; here one sees why. */
export default function QuarantinePage() {
  const t = useWords();
  const { query } = useRoute();
  const { data: overview } = useOverview();
  const mayOperate = useMay('operate');
  const filter = { link: query.link, q: query.q };
  const list = usePaged<Quarantined>('/v1/ops/quarantine', {
    query: { ...filter, limit: 50 },
    topics: ['overview'],
    hold: () => shown !== undefined,
  });
  const groups = useData<{ items: QuarantineGroup[] }>('/v1/ops/quarantine/groups', {
    query: { link: query.link },
    topics: ['overview'],
  });
  const [shown, setShown] = useState<Quarantined>();
  const [dialog, ask] = useAction(() => {
    setShown(undefined);
    list.reload();
    groups.reload();
  });
  const links = overview?.links.map(({ id }) => ({ value: id, name: id })) ?? [];
  const unfiltered = query.q === undefined && query.link === undefined;
  return (
    <div className="page">
      <PageHead title={t('place.quarantine')}>
        <StaleMark stale={list.stale} show={list.reload} />
        <button
          type="button"
          disabled={list.items.length === 0}
          onClick={() =>
            void download('/v1/ops/quarantine/export', 'quarantine.ndjson', {
              query: { ...filter, limit: 100 },
            })
          }
        >
          <Icon name="download" />
          {t('quarantine.export')}
        </button>
        {mayOperate && (
          <button type="button" disabled={list.items.length === 0} onClick={() => ask(dismissMany(filter))}>
            {t('quarantine.dismiss-all')}
          </button>
        )}
      </PageHead>
      <Filters
        fields={[{ name: 'link', label: t('word.link'), kind: 'choice', options: links }]}
        search={t('quarantine.search')}
        savedAs="quarantine"
      />
      <QuarantineGroups groups={groups.data?.items ?? []} chosen={query.q} />
      {list.problem && <ProblemNote problem={list.problem} retry={list.reload} />}
      {!list.ready && !list.problem && <Skeleton rows={8} />}
      {list.ready && list.items.length === 0 && (
        <Empty title={t(unfiltered ? 'quarantine.none' : 'messages.none-match')}>
          {t(unfiltered ? 'quarantine.none-how' : 'messages.none-match-do')}
        </Empty>
      )}
      {list.items.length > 0 && (
        <>
          <Table
            label={t('place.quarantine')}
            rows={list.items}
            columns={columnsOf(t, (item) => ask(show(item, setShown)))}
            keyOf={({ link, sha256 }) => `${link} ${sha256}`}
            open={(item) => ask(show(item, setShown))}
          />
          <TableFoot
            shown={list.items.length}
            total={unfiltered ? overview?.quarantined : undefined}
            hasMore={list.hasMore}
            loading={list.loading}
            more={list.more}
          />
        </>
      )}
      {dialog}
    </div>
  );
}

function columnsOf(t: ReturnType<typeof useWords>, open: (item: Quarantined) => void): Column<Quarantined>[] {
  return [
    { key: 'age', head: t('quarantine.first'), named: true, cell: ({ firstAt }) => <Age at={firstAt} /> },
    { key: 'link', head: t('word.link'), cell: ({ link }) => link },
    { key: 'type', head: t('word.type'), cell: ({ type }) => wordFor('type', type) },
    {
      key: 'subject',
      head: t('word.subject'),
      cell: (item) => <RowButton open={() => open(item)}>{item.subject}</RowButton>,
    },
    {
      key: 'errors',
      head: t('word.error'),
      kind: 'wide',
      cell: ({ errors: [first, ...rest] }) =>
        first && (
          <>
            <code>{first.pointer}</code> <IssueText issue={first} />
            {rest.length > 0 && <span className="quiet"> +{count(rest.length)}</span>}
          </>
        ),
    },
    {
      key: 'count',
      head: t('quarantine.times'),
      kind: 'figure',
      cell: ({ count: times }) => count(times),
    },
    { key: 'id', head: t('messages.id'), cell: ({ messageId }) => <ShortId id={messageId} /> },
  ];
}

function pathOf({ link, sha256 }: Quarantined): string {
  return `/v1/ops/quarantine/${encodeURIComponent(link)}/${sha256}`;
}

/** One of them with every fault; taken out from here. */
function show(item: Quarantined, shown: (item: Quarantined | undefined) => void): Action {
  shown(item);
  const { link, type, subject, messageId, sha256, errors, firstAt, lastAt, count: times, bytesKept } = item;
  return {
    title: `${wordFor('type', type)} ${subject}`,
    wide: true,
    preview: (
      <>
        <Facts
          items={[
            [say('word.link'), link],
            [say('messages.id'), <Copy key="m" text={messageId} />],
            [say('evidence.hash'), <Copy key="h" text={sha256} />],
            [say('quarantine.first'), <Instant key="f" at={firstAt} />],
            [say('quarantine.last'), <Instant key="l" at={lastAt} />],
            [say('quarantine.times'), count(times)],
          ]}
        />
        <h3>{say('quarantine.why')}</h3>
        <ul className="faults">
          {errors.map((issue) => (
            <li key={`${issue.pointer} ${issue.code}`}>
              <code>{issue.pointer === '' ? '/' : issue.pointer}</code> <IssueText issue={issue} />{' '}
              <span className="quiet">{issue.code}</span>
            </li>
          ))}
        </ul>
        {bytesKept && (
          <button type="button" onClick={() => void download(`${pathOf(item)}/set`, `${messageId}.jwt`)}>
            <Icon name="download" />
            {say('messages.set-file')}
          </button>
        )}
        <p className="quiet">{say('quarantine.dismiss-what')}</p>
      </>
    ),
    verb: say('act.dismiss'),
    reason: 'required',
    async run({ reason }) {
      await send('POST', `${pathOf(item)}/dismiss`, { body: { reason } });
      return undefined;
    },
  };
}

interface Dismissed {
  matched: number;
  done: number;
  more: boolean;
}

function dismissMany(filter: { link: string | undefined; q: string | undefined }): Action {
  const path = '/v1/ops/quarantine/dismiss';
  return {
    title: say('quarantine.dismiss-all'),
    async preview(signal) {
      const body = { filter, reason: say('act.preview-reason'), dryRun: true };
      const { matched, more } = await send<Dismissed>('POST', path, { body, signal });
      return (
        <>
          <p>
            <strong>{say('quarantine.dismiss-many', { n: count(matched) })}</strong>
          </p>
          <p className="quiet">{say(more ? 'quarantine.more-remain' : 'quarantine.dismiss-what')}</p>
        </>
      );
    },
    verb: say('act.dismiss'),
    reason: 'required',
    async run({ reason }) {
      const { done } = await send<Dismissed>('POST', path, { body: { filter, reason } });
      return say('quarantine.dismissed', { n: count(done) });
    },
  };
}
