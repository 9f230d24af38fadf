import { send } from '../api/client.ts';
import { usePaged } from '../api/use-data.ts';
import type { Action } from '../parts/action-dialog.tsx';
import { StateBadge, type Tone } from '../parts/badge.tsx';
import { Section } from '../parts/page-head.tsx';
import { Empty, ProblemNote, Skeleton } from '../parts/states.tsx';
import { type Column, Table, TableFoot } from '../parts/table.tsx';
import { Age, None } from '../parts/time.tsx';
import { useAction } from '../parts/use-action.tsx';
import { wordFor } from '../words/codes.ts';
import { count } from '../words/figures.ts';
import { say, useWords } from '../words/language.ts';
import type { Reconciliation } from './reconciliation-types.ts';

const TONES: Readonly<Record<string, Tone>> = {
  equal: 'ok',
  repaired: 'ok',
  differs: 'bad',
  unsettled: 'warn',
  unanswered: 'warn',
  held: 'bad',
};

/** The registers record by record: each side's own, compared with the copy that the other holds. */
export function Reconciliations({ link }: { link: string }) {
  const t = useWords();
  const path = `/v1/ops/links/${encodeURIComponent(link)}`;
  const runs = usePaged<Reconciliation>(`${path}/reconciliations`, { topics: ['overview'] });
  const [dialog, act] = useAction(runs.reload);
  const waits = runs.items.some(({ state }) => state === 'held');
  return (
    <Section
      title={t('reconciliation.registers')}
      tools={
        <>
          {waits && (
            <button type="button" className="danger" onClick={() => act(release(path, link))}>
              {t('reconciliation.release')}
            </button>
          )}
          <button type="button" onClick={() => act(reconcile(path, link, true))}>
            {t('reconciliation.dry-run')}
          </button>
          <button type="button" className="main" onClick={() => act(reconcile(path, link, false))}>
            {t('reconciliation.run')}
          </button>
        </>
      }
    >
      {dialog}
      {runs.problem && <ProblemNote problem={runs.problem} retry={runs.reload} />}
      {!runs.ready && !runs.problem && <Skeleton rows={4} />}
      {runs.ready && runs.items.length === 0 && (
        <Empty title={t('reconciliation.none')}>{t('reconciliation.none-how')}</Empty>
      )}
      {runs.items.length > 0 && (
        <>
          <Table
            label={t('reconciliation.registers')}
            rows={runs.items}
            columns={columnsOf(t)}
            keyOf={({ id }) => id}
          />
          <TableFoot
            shown={runs.items.length}
            hasMore={runs.hasMore}
            loading={runs.loading}
            more={runs.more}
          />
        </>
      )}
    </Section>
  );
}

function reconcile(path: string, link: string, dryRun: boolean): Action {
  return {
    title: say(dryRun ? 'reconciliation.dry-run' : 'reconciliation.run'),
    preview: say(dryRun ? 'reconciliation.dry-run-what' : 'reconciliation.run-what', { link }),
    verb: say('reconciliation.begin'),
    reason: 'none',
    async run() {
      await send('POST', `${path}/reconcile`, { body: { dryRun } });
      return say('reconciliation.begun');
    },
  };
}

function release(path: string, link: string): Action {
  return {
    title: say('reconciliation.release'),
    preview: say('reconciliation.release-what', { link }),
    verb: say('reconciliation.release'),
    dangerous: true,
    reason: 'none',
    async run() {
      await send('POST', `${path}/reconcile`, { body: { release: true } });
      return say('reconciliation.begun');
    },
  };
}

function columnsOf(t: ReturnType<typeof useWords>): Column<Reconciliation>[] {
  const figure = (value: number | undefined) => (value === undefined ? <None /> : count(value));
  return [
    {
      key: 'outcome',
      head: t('reconciliation.outcome'),
      cell: ({ outcome, state }) => {
        const shown = outcome ?? state;
        return (
          <StateBadge
            state={shown}
            text={wordFor('reconciliation-state', shown)}
            tone={TONES[shown] ?? 'quiet'}
          />
        );
      },
    },
    {
      key: 'register',
      head: t('reconciliation.register'),
      cell: ({ register, dryRun }) =>
        `${wordFor('reconciliation-register', register)}${dryRun ? ` · ${t('reconciliation.dry')}` : ''}`,
    },
    { key: 'started', head: t('reconciliation.started'), cell: ({ startedAt }) => <Age at={startedAt} /> },
    {
      key: 'reason',
      head: t('reconciliation.reason'),
      cell: ({ reason, askedBy }) => (askedBy === null ? wordFor('reconciliation-reason', reason) : askedBy),
    },
    {
      key: 'records',
      head: t('reconciliation.records'),
      kind: 'figure',
      cell: ({ records }) => figure(records),
    },
    {
      key: 'repaired',
      head: t('reconciliation.repaired'),
      kind: 'figure',
      cell: ({ repaired }) => figure(repaired),
    },
    {
      key: 'left',
      head: t('reconciliation.left-out'),
      kind: 'figure',
      cell: ({ leftOut }) => figure(leftOut),
    },
    {
      key: 'open',
      head: t('reconciliation.not-settled'),
      kind: 'wide',
      cell: ({ unknown = [], notStated = [] }) =>
        unknown.length + notStated.length === 0 ? (
          <None />
        ) : (
          [...unknown, ...notStated.map(({ id }) => id)].join(', ')
        ),
    },
  ];
}
