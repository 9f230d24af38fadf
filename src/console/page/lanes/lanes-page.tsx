import './lanes.css';
import { send } from '../api/client.ts';
import { useMay } from '../api/session.ts';
import type { Attempt, Lane } from '../api/types.ts';
import { usePaged } from '../api/use-data.ts';
import { useOverview } from '../frame/overview-of.tsx';
import { Attempts } from '../messages/attempt-list.tsx';
import type { Action } from '../parts/action-dialog.tsx';
import { StateBadge } from '../parts/badge.tsx';
import { Filters } from '../parts/filters.tsx';
import { Icon } from '../parts/icon.tsx';
import { Facts, PageHead, Section } from '../parts/page-head.tsx';
import { Empty, ProblemNote, Skeleton } from '../parts/states.tsx';
import { type Column, RowButton, Table } from '../parts/table.tsx';
import { Due, Instant, None, Since } from '../parts/time.tsx';
import { useAction } from '../parts/use-action.tsx';
import { addressOf, changeQuery, Link, useRoute } from '../router.tsx';
import { wordFor } from '../words/codes.ts';
import { count } from '../words/figures.ts';
import { say, useWords } from '../words/language.ts';
import { OwnWords, Said } from '../words/said.tsx';

/** The lanes in which messages wait their turn: what each does, why it waits, when it goes on. */
export default function LanesPage() {
  const t = useWords();
  const { query } = useRoute();
  const { data: overview } = useOverview();
  const mayOperate = useMay('operate');
  const lanes = usePaged<Lane>('/v1/ops/lanes', {
    query: { link: query.link },
    topics: ['lane', 'overview'],
  });
  const [dialog, ask] = useAction(lanes.reload);
  const links = overview?.links.map(({ id }) => ({ value: id, name: id })) ?? [];
  const shown = lanes.items.find((lane) => keyOf(lane) === query.open);
  const failing = lanes.items.filter(
    ({ pending, paused, attempts }) => pending > 0 && !paused && attempts > 0,
  );
  const hidden = query.all === undefined ? lanes.items.filter(isQuiet).length : 0;
  const toggle = (lane: Lane): void =>
    changeQuery({ open: keyOf(lane) === query.open ? undefined : keyOf(lane) });
  const rows = lanes.items.filter((lane) => query.all !== undefined || !isQuiet(lane) || lane === shown);
  return (
    <div className="page">
      <PageHead title={t('place.lanes')}>
        {mayOperate && failing.length > 0 && (
          <button type="button" className="main" onClick={() => ask(triggerAll(failing))}>
            <Icon name="retry" />
            {t('lanes.trigger-all', { count: failing.length })}
          </button>
        )}
        <a className="button" href={addressOf('/queues')}>
          <Icon name="external" />
          {t('lanes.queue')}
        </a>
      </PageHead>
      <Filters fields={[{ name: 'link', label: t('word.link'), kind: 'choice', options: links }]} />
      {lanes.problem && <ProblemNote problem={lanes.problem} retry={lanes.reload} />}
      {!lanes.ready && !lanes.problem && <Skeleton rows={8} />}
      {lanes.ready && lanes.items.length === 0 && (
        <Empty title={t('lanes.none')}>{t('lanes.none-how')}</Empty>
      )}
      {lanes.ready && rows.length === 0 && lanes.items.length > 0 && (
        <Empty title={t('lanes.all-idle')}>{t('lanes.all-idle-how')}</Empty>
      )}
      {rows.length > 0 && (
        <Table
          label={t('place.lanes')}
          rows={rows}
          columns={columnsOf(t, toggle, query.open)}
          keyOf={keyOf}
          open={toggle}
        />
      )}
      {(hidden > 0 || query.all !== undefined) && (
        <p className="lanes-idle">
          <button
            type="button"
            className="plain link"
            onClick={() => changeQuery({ all: query.all === undefined ? 'true' : undefined })}
          >
            {query.all === undefined ? t('lanes.show-idle', { count: hidden }) : t('lanes.hide-idle')}
          </button>
        </p>
      )}
      {shown && <LaneDetail key={keyOf(shown)} lane={shown} changed={lanes.reload} />}
      {dialog}
    </div>
  );
}

function keyOf({ link, lane }: Lane): string {
  return `${link}/${lane}`;
}

function isQuiet({ state, pending, paused }: Lane): boolean {
  return pending === 0 && !paused && (state ?? 'idle') === 'idle';
}

function stateOf(lane: Lane): string {
  return (
    lane.state ??
    (lane.paused ? 'paused' : lane.attempts > 0 ? 'backing-off' : lane.pending > 0 ? 'waiting' : 'idle')
  );
}

function laneName(lane: string): string {
  return lane === 'control' ? say('lanes.control') : say('lanes.number', { lane });
}

function columnsOf(
  t: ReturnType<typeof useWords>,
  toggle: (lane: Lane) => void,
  open: string | undefined,
): Column<Lane>[] {
  return [
    { key: 'state', head: t('word.state'), cell: (lane) => <StateBadge state={stateOf(lane)} /> },
    { key: 'link', head: t('word.link'), cell: ({ link }) => link },
    {
      key: 'lane',
      head: t('word.lane'),
      cell: (lane) => (
        <RowButton open={() => toggle(lane)} expanded={keyOf(lane) === open}>
          {laneName(lane.lane)}
        </RowButton>
      ),
    },
    { key: 'pending', head: t('lanes.pending'), kind: 'figure', cell: ({ pending }) => count(pending) },
    {
      key: 'oldest',
      head: t('lanes.oldest'),
      named: true,
      cell: ({ oldestPendingAt }) => <Since at={oldestPendingAt} />,
    },
    {
      key: 'why',
      head: t('lanes.why'),
      kind: 'wide',
      cell: ({ why, lastError }) => (
        <span title={lastError ?? ''}>{why ? <OwnWords text={why} /> : <Said text={lastError} />}</span>
      ),
    },
    { key: 'attempts', head: t('word.attempts'), kind: 'figure', cell: ({ attempts }) => count(attempts) },
    {
      key: 'next',
      head: t('lanes.next-head'),
      named: true,
      cell: ({ nextAttemptAt }) => (nextAttemptAt === null ? <None /> : <Due at={nextAttemptAt} />),
    },
  ];
}

function LaneDetail({ lane, changed }: { lane: Lane; changed(): void }) {
  const t = useWords();
  const mayOperate = useMay('operate');
  const [dialog, ask] = useAction(changed);
  const attempts = usePaged<Attempt>('/v1/ops/attempts', {
    query: { link: lane.link, lane: lane.lane, limit: 20 },
    topics: ['lane'],
  });
  const waiting = { link: lane.link, lane: lane.lane, direction: 'out' };
  return (
    <Section
      title={`${lane.link} · ${laneName(lane.lane)}`}
      tools={
        mayOperate && (
          <>
            {lane.paused ? (
              <button type="button" className="main" onClick={() => ask(steer(lane, 'resume'))}>
                <Icon name="play" />
                {t('act.resume')}
              </button>
            ) : (
              <button type="button" onClick={() => ask(steer(lane, 'pause'))}>
                <Icon name="pause" />
                {t('act.pause')}
              </button>
            )}
            <button type="button" disabled={lane.paused} onClick={() => ask(steer(lane, 'trigger'))}>
              <Icon name="retry" />
              {t('act.trigger')}
            </button>
          </>
        )
      }
    >
      <div className="lane-detail">
        <Facts
          items={[
            [t('word.state'), <StateBadge key="s" state={stateOf(lane)} />],
            [t('lanes.why'), lane.why && <OwnWords key="w" text={lane.why} />],
            [
              t('lanes.pending'),
              <Link key="p" to="/messages" query={waiting}>
                {count(lane.pending)}
              </Link>,
            ],
            [t('lanes.oldest'), lane.oldestPendingAt && <Since at={lane.oldestPendingAt} />],
            [
              wordFor('state', 'parked'),
              (lane.parked ?? 0) > 0 && (
                <Link to="/dead-letters" query={{ kind: 'parked', link: lane.link }}>
                  {count(lane.parked ?? 0)}
                </Link>
              ),
            ],
            [wordFor('state', 'held'), (lane.held ?? 0) > 0 && count(lane.held ?? 0)],
            [wordFor('state', 'set-aside'), (lane.setAside ?? 0) > 0 && count(lane.setAside ?? 0)],
            [t('lanes.batch-limit'), lane.batchLimit != null && count(lane.batchLimit)],
            [t('lanes.next-head'), lane.nextAttemptAt && <Due at={lane.nextAttemptAt} />],
            [t('lanes.last-error'), lane.lastError && <Said key="e" text={lane.lastError} />],
            [t('lanes.last-error-at'), lane.lastErrorAt && <Instant at={lane.lastErrorAt} />],
            [t('lanes.owner'), lane.owner],
          ].map(([name, value]) => [name as string, value === false ? undefined : value] as const)}
        />
        <div>
          <h3>{t('lanes.attempts')}</h3>
          {attempts.problem && <ProblemNote problem={attempts.problem} retry={attempts.reload} />}
          {!attempts.ready && !attempts.problem && <Skeleton rows={4} />}
          {attempts.ready && attempts.items.length === 0 && (
            <p className="quiet">{t('messages.no-attempts')}</p>
          )}
          <Attempts attempts={attempts.items} />
        </div>
      </div>
      {dialog}
    </Section>
  );
}

/** The partner is well again: no lane waits for its next attempt. */
function triggerAll(lanes: readonly Lane[]): Action {
  const waiting = lanes.reduce((sum, { pending }) => sum + pending, 0);
  return {
    title: say('act.trigger'),
    preview: say('lanes.trigger-all-what', { count: lanes.length, n: count(waiting) }),
    verb: say('act.trigger'),
    reason: 'optional',
    cancellable: true,
    async run({ reason, signal, progress }) {
      for (const [done, { link, lane }] of lanes.entries()) {
        if (signal.aborted) break;
        progress({ done, total: lanes.length, failed: 0 });
        await send('POST', `${pathOf(link, lane)}/trigger`, { body: reason === '' ? {} : { reason } });
      }
      return undefined;
    },
  };
}

function pathOf(link: string, lane: string): string {
  return `/v1/ops/lanes/${encodeURIComponent(link)}/${encodeURIComponent(lane)}`;
}

function steer({ link, lane, pending }: Lane, act: 'pause' | 'resume' | 'trigger'): Action {
  return {
    title: say(`act.${act}`),
    preview: say(`act.${act}-lane`, { link, lane: laneName(lane), n: count(pending) }),
    verb: say(`act.${act}`),
    dangerous: act === 'pause',
    reason: act === 'pause' ? 'required' : 'optional',
    async run({ reason }) {
      await send('POST', `${pathOf(link, lane)}/${act}`, { body: reason === '' ? {} : { reason } });
      return undefined;
    },
  };
}
