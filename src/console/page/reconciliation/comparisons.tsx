import { send } from '../api/client.ts';
import { useData } from '../api/use-data.ts';
import type { Action } from '../parts/action-dialog.tsx';
import { StateBadge, type Tone } from '../parts/badge.tsx';
import { Facts, Section } from '../parts/page-head.tsx';
import { Empty, Shown } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Age, None } from '../parts/time.tsx';
import { useAction } from '../parts/use-action.tsx';
import { wordFor } from '../words/codes.ts';
import { count, span, utcInstant } from '../words/figures.ts';
import { say, useWords } from '../words/language.ts';
import type { Comparison } from './reconciliation-types.ts';

const TONES: Readonly<Record<string, Tone>> = {
  equal: 'ok',
  repaired: 'ok',
  'sender-restored': 'bad',
  conflict: 'bad',
};

/** The messages hour by hour: what one side lost is found and put right. */
export function Comparisons({ link }: { link: string }) {
  const t = useWords();
  const path = `/v1/ops/links/${encodeURIComponent(link)}`;
  const runs = useData<{ items: Comparison[] }>(`${path}/comparisons`, { query: { limit: 50 } });
  const [dialog, act] = useAction(runs.reload);
  return (
    <Section
      title={t('reconciliation.messages')}
      tools={
        <button type="button" onClick={() => act(compare(path, link))}>
          {t('reconciliation.compare')}
        </button>
      }
    >
      {dialog}
      <Shown of={runs} rows={4}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('reconciliation.none-compared')}>{t('reconciliation.none-compared-how')}</Empty>
          ) : (
            <Table
              label={t('reconciliation.messages')}
              rows={items}
              columns={columnsOf(t)}
              keyOf={({ startedAt }) => startedAt}
            />
          )
        }
      </Shown>
    </Section>
  );
}

function compare(path: string, link: string): Action {
  return {
    title: say('reconciliation.compare'),
    preview: say('reconciliation.compare-what', { link }),
    verb: say('reconciliation.compare'),
    reason: 'none',
    run: async () => <Found comparison={await send<Comparison>('POST', `${path}/compare`)} />,
  };
}

function Found({ comparison }: { comparison: Comparison }) {
  const t = useWords();
  return (
    <Facts
      items={[
        [t('reconciliation.outcome'), <Outcome key="outcome" of={comparison} />],
        [t('reconciliation.hours'), count(comparison.hours)],
        [t('reconciliation.held'), count(comparison.messages)],
        [t('reconciliation.sent-again'), count(comparison.sentAgain)],
        [t('reconciliation.put-back'), count(comparison.putBack)],
      ]}
    />
  );
}

function Outcome({ of: { outcome } }: { of: Comparison }) {
  return (
    <StateBadge
      state={outcome}
      text={wordFor('comparison-outcome', outcome)}
      tone={TONES[outcome] ?? 'quiet'}
    />
  );
}

function columnsOf(t: ReturnType<typeof useWords>): Column<Comparison>[] {
  const figures = [
    ['hours', t('reconciliation.hours')],
    ['messages', t('reconciliation.held')],
    ['differingHours', t('reconciliation.differing')],
  ] as const;
  return [
    { key: 'outcome', head: t('reconciliation.outcome'), cell: (row) => <Outcome of={row} /> },
    { key: 'started', head: t('reconciliation.started'), cell: ({ startedAt }) => <Age at={startedAt} /> },
    {
      key: 'took',
      head: t('reconciliation.took'),
      cell: ({ startedAt, endedAt }) => span(Date.parse(endedAt) - Date.parse(startedAt)),
    },
    {
      key: 'reason',
      head: t('reconciliation.reason'),
      cell: ({ reason }) => wordFor('reconciliation-reason', reason),
    },
    {
      key: 'span',
      head: t('reconciliation.span'),
      cell: ({ since, until }) =>
        `${utcInstant(new Date(since)).slice(0, 16)} – ${utcInstant(new Date(until)).slice(0, 16)}`,
    },
    ...figures.map(
      ([key, head]): Column<Comparison> => ({ key, head, kind: 'figure', cell: (row) => count(row[key]) }),
    ),
    {
      key: 'done',
      head: t('reconciliation.put-right'),
      kind: 'wide',
      cell: (row) => doneOf(row) ?? <None />,
    },
  ];
}

/** What was put right, and what was not. */
function doneOf(comparison: Comparison): string | undefined {
  const parts = (
    [
      ['answersRecorded', 'reconciliation.answers'],
      ['sentAgain', 'reconciliation.sent-again'],
      ['putBack', 'reconciliation.put-back'],
      ['unknown', 'reconciliation.unknown'],
    ] as const
  ).filter(([key]) => comparison[key] > 0);
  if (parts.length === 0) return undefined;
  return parts.map(([key, word]) => `${say(word)} ${count(comparison[key])}`).join(' · ');
}
