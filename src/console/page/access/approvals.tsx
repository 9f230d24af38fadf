import { send } from '../api/client.ts';
import { useSession } from '../api/session.ts';
import { usePaged } from '../api/use-data.ts';
import type { Action } from '../parts/action-dialog.tsx';
import { StateBadge } from '../parts/badge.tsx';
import { Section } from '../parts/page-head.tsx';
import { Empty, ProblemNote, Skeleton } from '../parts/states.tsx';
import { type Column, Table, TableFoot } from '../parts/table.tsx';
import { Age } from '../parts/time.tsx';
import { useAction } from '../parts/use-action.tsx';
import { wordFor } from '../words/codes.ts';
import { say, useWords } from '../words/language.ts';
import { Said } from '../words/said.tsx';
import type { Approval } from './access-types.ts';

/** Acts that one person asked for and another releases. */
export function Approvals() {
  const t = useWords();
  const approvals = usePaged<Approval>('/v1/ops/approvals', { topics: ['overview'] });
  const [dialog, act] = useAction(approvals.reload);
  const session = useSession();
  const self = session.is === 'in' ? session.session.name : '';
  return (
    <Section title={t('access.approvals')}>
      {dialog}
      {approvals.problem && <ProblemNote problem={approvals.problem} retry={approvals.reload} />}
      {!approvals.ready && !approvals.problem && <Skeleton rows={3} />}
      {approvals.ready && approvals.items.length === 0 && (
        <Empty title={t('access.no-approvals')}>{t('access.no-approvals-how')}</Empty>
      )}
      {approvals.items.length > 0 && (
        <>
          <Table
            label={t('access.approvals')}
            rows={approvals.items}
            columns={columnsOf(t, self, act)}
            keyOf={({ id }) => id}
          />
          <TableFoot
            shown={approvals.items.length}
            hasMore={approvals.hasMore}
            loading={approvals.loading}
            more={approvals.more}
          />
        </>
      )}
    </Section>
  );
}

function columnsOf(
  t: ReturnType<typeof useWords>,
  self: string,
  act: (action: Action) => void,
): Column<Approval>[] {
  return [
    {
      key: 'state',
      head: t('access.state'),
      cell: ({ state }) => <StateBadge state={state} text={wordFor('approval-state', state)} />,
    },
    { key: 'kind', head: t('access.act'), cell: ({ kind }) => wordFor('approval-kind', kind) },
    {
      key: 'summary',
      head: t('access.what'),
      kind: 'wide',
      cell: ({ summary, reason }) => (
        <span title={`${summary}\n${reason}`}>
          <Said text={summary} /> <span className="quiet">{reason}</span>
        </span>
      ),
    },
    { key: 'by', head: t('access.asked-by'), cell: ({ requestedBy }) => requestedBy },
    { key: 'at', head: t('access.asked-at'), cell: ({ requestedAt }) => <Age at={requestedAt} /> },
    {
      key: 'decide',
      head: t('access.decided'),
      cell: (approval) => {
        if (approval.state !== 'waiting') return approval.decidedBy ?? '–';
        const own = approval.requestedBy === self;
        return (
          <>
            {!own && (
              <button type="button" className="main" onClick={() => act(decide(approval, 'approve'))}>
                {t('access.approve')}
              </button>
            )}{' '}
            <button type="button" onClick={() => act(decide(approval, 'reject'))}>
              {t(own ? 'access.take-back' : 'access.reject')}
            </button>
          </>
        );
      },
    },
  ];
}

function decide({ id, summary, reason, requestedBy }: Approval, decision: 'approve' | 'reject'): Action {
  return {
    title: say(`access.${decision}-title`),
    preview: (
      <>
        <p>
          <Said text={summary} />
        </p>
        <p className="quiet">{say('access.asked', { who: requestedBy, reason })}</p>
        <p>{say(`access.${decision}-what`)}</p>
      </>
    ),
    verb: say(`access.${decision}`),
    dangerous: decision === 'approve',
    reason: 'none',
    async run() {
      await send('POST', `/v1/ops/approvals/${id}/${decision}`);
      return undefined;
    },
  };
}
