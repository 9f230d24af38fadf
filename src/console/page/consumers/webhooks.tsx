import { send } from '../api/client.ts';
import { useMay } from '../api/session.ts';
import type { Data } from '../api/use-data.ts';
import type { Action } from '../parts/action-dialog.tsx';
import { StateBadge } from '../parts/badge.tsx';
import { Icon } from '../parts/icon.tsx';
import { Section } from '../parts/page-head.tsx';
import { Empty, Shown } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Age, Due, None, Since } from '../parts/time.tsx';
import { useAction } from '../parts/use-action.tsx';
import { Link } from '../router.tsx';
import { count } from '../words/figures.ts';
import { say, useWords } from '../words/language.ts';
import { Said } from '../words/said.tsx';
import type { Webhook } from './consumer-types.ts';

export function Webhooks({ webhooks }: { webhooks: Data<{ items: Webhook[] }> }) {
  const t = useWords();
  const mayOperate = useMay('operate');
  const [dialog, ask] = useAction(webhooks.reload);
  return (
    <Section title={t('consumers.webhooks')}>
      {dialog}
      <Shown of={webhooks} rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('consumers.no-webhooks')}>{t('consumers.no-webhooks-how')}</Empty>
          ) : (
            <Table
              label={t('consumers.webhooks')}
              rows={items}
              columns={columnsOf(t, mayOperate ? ask : undefined)}
              keyOf={({ name }) => name}
            />
          )
        }
      </Shown>
    </Section>
  );
}

function columnsOf(
  t: ReturnType<typeof useWords>,
  ask: ((action: Action) => void) | undefined,
): Column<Webhook>[] {
  return [
    { key: 'state', head: t('word.state'), cell: ({ state }) => <StateBadge state={state} /> },
    {
      key: 'name',
      head: t('word.name'),
      cell: ({ name, url }) => <span title={url ?? ''}>{name}</span>,
    },
    { key: 'link', head: t('word.link'), cell: ({ link }) => link },
    { key: 'behind', head: t('consumers.behind'), kind: 'figure', cell: ({ behind }) => count(behind) },
    {
      key: 'oldest',
      head: t('lanes.oldest'),
      named: true,
      cell: ({ oldestOwedAt }) => <Since at={oldestOwedAt} />,
    },
    { key: 'why', head: t('lanes.why'), kind: 'wide', cell: (webhook) => <Why webhook={webhook} /> },
    {
      key: 'next',
      head: t('lanes.next-head'),
      named: true,
      cell: ({ nextAttemptAt }) => (nextAttemptAt === null ? <None /> : <Due at={nextAttemptAt} />),
    },
    {
      key: 'taken',
      head: t('consumers.taken'),
      kind: 'figure',
      cell: ({ delivered }) => count(delivered),
    },
    {
      key: 'last',
      head: t('consumers.last-taken'),
      named: true,
      cell: ({ deliveredAt }) => <Age at={deliveredAt} />,
    },
    ...(ask ? [actions(t, ask)] : []),
  ];
}

/** Who paused it and why, or what its calls end with. */
function Why({
  webhook: { state, pausedBy, pausedReason, pausedAt, lastError, failingSince, next },
}: {
  webhook: Webhook;
}) {
  if (state === 'paused') {
    return (
      <>
        {pausedBy} · <Age at={pausedAt} /> · <Said text={pausedReason} />
      </>
    );
  }
  if (state === 'failing') {
    return (
      <span className="row-error">
        <Said text={lastError} /> · <Age at={failingSince} />
      </span>
    );
  }
  return next === null ? <None /> : <Link to={`/messages/${next}`}>…{next.slice(-8)}</Link>;
}

function actions(t: ReturnType<typeof useWords>, ask: (action: Action) => void): Column<Webhook> {
  return {
    key: 'act',
    head: t('access.act'),
    cell: (webhook) => (
      <span className="row-tools">
        {webhook.state === 'paused' ? (
          <button type="button" className="main" onClick={() => ask(steer(webhook, 'resume'))}>
            <Icon name="play" />
            {t('act.resume')}
          </button>
        ) : (
          <button type="button" onClick={() => ask(steer(webhook, 'pause'))}>
            <Icon name="pause" />
            {t('act.pause')}
          </button>
        )}
        {webhook.state !== 'delivering' && webhook.next !== null && (
          <button type="button" onClick={() => ask(skip(webhook, webhook.next ?? ''))}>
            {t('consumers.skip')}
          </button>
        )}
      </span>
    ),
  };
}

function pathOf({ name }: Webhook, act: string): string {
  return `/v1/ops/webhooks/${encodeURIComponent(name)}/${act}`;
}

function steer(webhook: Webhook, act: 'pause' | 'resume'): Action {
  const { name, behind } = webhook;
  return {
    title: say(`act.${act}`),
    preview: say(`consumers.${act}-what`, { name, n: count(behind) }),
    verb: say(`act.${act}`),
    dangerous: act === 'pause',
    reason: act === 'pause' ? 'required' : 'optional',
    async run({ reason }) {
      await send('POST', pathOf(webhook, act), { body: reason === '' ? {} : { reason } });
      return undefined;
    },
  };
}

/** The message that the consumer cannot take stays in the register and in the feed; it is only not called with it. */
function skip(webhook: Webhook, message: string): Action {
  return {
    title: say('consumers.skip'),
    preview: say('consumers.skip-what', { name: webhook.name, id: message }),
    verb: say('consumers.skip'),
    dangerous: true,
    reason: 'required',
    async run({ reason }) {
      await send('POST', pathOf(webhook, 'skip'), { body: { message, reason } });
      return undefined;
    },
  };
}
