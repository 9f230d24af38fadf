import { useState } from 'react';
import { useData } from '../api/use-data.ts';
import { Badge, StateBadge } from '../parts/badge.tsx';
import { Copy } from '../parts/copy.tsx';
import { Facts, Section } from '../parts/page-head.tsx';
import { Scrolling } from '../parts/scrolling.tsx';
import { Empty, Shown } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Age, Instant } from '../parts/time.tsx';
import { count } from '../words/figures.ts';
import { useWords } from '../words/language.ts';
import type { Checkpoint, Checkpoints, Witness } from './audit-types.ts';

export function CheckpointList() {
  const t = useWords();
  const answer = useData<Checkpoints>('/v1/ops/audit/checkpoints', {
    query: { limit: 100 },
    everyMs: 30_000,
  });
  return (
    <Shown of={answer} rows={8}>
      {({ items, witnesses, alerts }) => (
        <>
          {alerts.map(({ code, link, since, detail }) => (
            <div key={`${code} ${link}`} className="note bad" role="alert">
              <Badge tone="bad" icon="attention" text={[code, link].filter(Boolean).join(' · ')} />
              <div>
                <p>{detail}</p>
                <Age at={since} />
              </div>
            </div>
          ))}
          <Section title={t('audit.witnesses')}>
            {witnesses.length === 0 && (
              <Empty title={t('audit.no-witness')}>{t('audit.no-witness-how')}</Empty>
            )}
            {witnesses.map((witness) => (
              <WitnessOf key={witness.link} witness={witness} />
            ))}
          </Section>
          <Section title={t('audit.tab-checkpoints')}>
            {items.length === 0 ? (
              <Empty title={t('audit.no-checkpoint')}>{t('audit.no-checkpoint-how')}</Empty>
            ) : (
              <CheckpointTable items={items} />
            )}
          </Section>
        </>
      )}
    </Shown>
  );
}

function WitnessOf({ witness: { link, state, detail, since, askedAt } }: { witness: Witness }) {
  const t = useWords();
  return (
    <Facts
      items={[
        [link, <StateBadge key="state" state={state} />],
        [t('audit.since'), <Age key="since" at={since} />],
        [t('audit.asked'), <Age key="asked" at={askedAt} />],
        [t('audit.said'), detail],
      ]}
    />
  );
}

function CheckpointTable({ items }: { items: Checkpoint[] }) {
  const t = useWords();
  const [open, setOpen] = useState<string>();
  const keyOf = ({ log, size }: Checkpoint): string => `${log} ${size}`;
  const shown = items.find((item) => keyOf(item) === open);
  const columns: Column<Checkpoint>[] = [
    {
      key: 'cosigned',
      head: t('audit.cosigned'),
      cell: ({ cosignatures }) =>
        cosignatures.length > 0 ? (
          <Badge tone="ok" icon="ok" text={cosignatures.map(({ link }) => link).join(', ')} />
        ) : (
          <Badge tone="quiet" icon="waiting" text={t('audit.not-cosigned')} />
        ),
    },
    { key: 'log', head: t('audit.log'), cell: ({ log }) => log },
    { key: 'size', head: t('audit.size'), kind: 'figure', cell: ({ size }) => count(size) },
    {
      key: 'at',
      head: t('audit.cosigned-at'),
      cell: ({ cosignatures }) => <Instant at={cosignatures[0]?.at} />,
    },
    { key: 'root', head: t('audit.root'), kind: 'wide', cell: ({ root }) => <Copy text={root} /> },
    {
      key: 'note',
      head: t('audit.note'),
      cell: (item) => (
        <button
          type="button"
          className="plain link"
          onClick={() => setOpen(open === keyOf(item) ? undefined : keyOf(item))}
        >
          {t('audit.show-note')}
        </button>
      ),
    },
  ];
  return (
    <>
      {shown && (
        <>
          <p className="quiet">{t('audit.note-what')}</p>
          <Scrolling label={t('audit.note')}>
            <pre>{shown.note}</pre>
          </Scrolling>
        </>
      )}
      <Table label={t('audit.tab-checkpoints')} rows={items} columns={columns} keyOf={keyOf} />
    </>
  );
}
