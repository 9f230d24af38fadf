import { send } from '../api/client.ts';
import { useData } from '../api/use-data.ts';
import type { Action } from '../parts/action-dialog.tsx';
import { Section } from '../parts/page-head.tsx';
import { Shown } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Age, Instant, None } from '../parts/time.tsx';
import { useAction } from '../parts/use-action.tsx';
import { wordFor } from '../words/codes.ts';
import { say, useWords } from '../words/language.ts';
import type { ListedSession } from './access-types.ts';

const AGAIN_MS = 30_000;

/** Who is logged in: everybody, for who may end others' tokens; oneself at other screens, for everybody else. */
export function Sessions() {
  const t = useWords();
  const sessions = useData<{ items: ListedSession[] }>('/v1/ops/sessions', { everyMs: AGAIN_MS });
  const [dialog, act] = useAction(sessions.reload);
  return (
    <Section title={t('access.sessions')}>
      {dialog}
      <Shown of={sessions} rows={3}>
        {({ items }) => (
          <Table
            label={t('access.sessions')}
            rows={items}
            columns={columnsOf(t, act)}
            keyOf={({ id }) => id}
          />
        )}
      </Shown>
    </Section>
  );
}

function columnsOf(t: ReturnType<typeof useWords>, act: (action: Action) => void): Column<ListedSession>[] {
  return [
    {
      key: 'name',
      head: t('access.name'),
      cell: ({ name, own }) => (
        <>
          {name} {own && <span className="tag">{t('access.this-one')}</span>}
        </>
      ),
    },
    {
      key: 'role',
      head: t('access.role'),
      cell: ({ role }) => (role === null ? <None /> : wordFor('role', role)),
    },
    {
      key: 'opened',
      head: t('access.opened'),
      named: true,
      cell: ({ openedAt }) => <Age at={openedAt} />,
    },
    { key: 'seen', head: t('access.seen'), named: true, cell: ({ seenAt }) => <Age at={seenAt} /> },
    {
      key: 'ends',
      head: t('access.ends'),
      named: true,
      cell: ({ expiresAt }) => <Instant at={expiresAt} />,
    },
    {
      key: 'act',
      head: t('access.act'),
      cell: (session) =>
        session.own ? null : (
          <button type="button" onClick={() => act(end(session))}>
            {t('access.end')}
          </button>
        ),
    },
  ];
}

function end({ id, name }: ListedSession): Action {
  return {
    title: say('access.end-session', { name }),
    preview: say('access.end-session-what'),
    verb: say('access.end'),
    dangerous: true,
    reason: 'none',
    async run() {
      await send('DELETE', `/v1/ops/sessions/${id}`);
      return undefined;
    },
  };
}
