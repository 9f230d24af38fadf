import type { ReactNode } from 'react';
import type { LinkOverview, Series } from '../api/types.ts';
import { useData } from '../api/use-data.ts';
import { StateBadge } from '../parts/badge.tsx';
import { Icon } from '../parts/icon.tsx';
import { Sparkline } from '../parts/sparkline.tsx';
import { Age, Due, None } from '../parts/time.tsx';
import { Link } from '../router.tsx';
import { wordFor } from '../words/codes.ts';
import { count, figure, span } from '../words/figures.ts';
import { useWords } from '../words/language.ts';
import { Said } from '../words/said.tsx';

/** One link as two directions, and what the two gateways owe each other. */
export function LinkDirections({ link, party }: { link: LinkOverview; party: string }) {
  const t = useWords();
  const partner = link.partner ?? link.id;
  const series = useData<Series>('/v1/ops/series', {
    query: { link: link.id, range: '1h' },
    everyMs: 30_000,
  });
  const out = link.out;
  return (
    <section className="link-card" aria-label={t('overview.link', { link: link.id })}>
      <div className="direction">
        <Way from={party} to={partner} />
        <StateBadge state={out?.state ?? (link.haltedAt === null ? 'idle' : 'halted')} />
        <span className="waiting">
          <Link to="/lanes" query={{ link: link.id }}>
            <b>{count(out?.waiting ?? link.pending)}</b> {t('overview.waiting')}
          </Link>
          {link.oldestPendingAt !== null && (
            <>
              {' · '}
              {t('overview.oldest')} <Age at={link.oldestPendingAt} />
            </>
          )}
        </span>
        <Sparkline values={series.data?.out.delivered ?? []} label={t('overview.delivered-hour')} />
        <Rate perMinute={out?.perMinute} />
        <span className="last">
          {t('overview.last-delivered')} <Age at={link.lastDeliveredAt} />
        </span>
        {out && (out.lastError !== null || link.haltedReason !== null) && out.state !== 'flowing' && (
          <p className="direction-why">
            <Said text={link.haltedReason ?? out.lastError} />
            {out.nextAttemptAt !== null && (
              <span className="quiet">
                {' · '}
                {t('lanes.next')} <Due at={out.nextAttemptAt} />
              </span>
            )}
          </p>
        )}
      </div>
      <div className="direction">
        <Way from={partner} to={party} />
        <StateBadge state={link.in?.state ?? 'idle'} />
        <span className="waiting">
          <Link to="/messages" query={{ link: link.id, direction: 'in' }}>
            <b>{count(link.received)}</b> {t('overview.received')}
          </Link>
        </span>
        <Sparkline values={series.data?.in.received ?? []} label={t('overview.received-hour')} />
        <Rate perMinute={link.in?.perMinute} />
        <span className="last">
          {t('overview.last-received')} <Age at={link.lastReceivedAt} />
        </span>
      </div>
      <LinkFacts link={link} />
    </section>
  );
}

function Way({ from, to }: { from: string; to: string }) {
  const t = useWords();
  return (
    <span className="way" role="img" aria-label={t('overview.way', { from, to })}>
      {from} <Icon name="out" /> {to}
    </span>
  );
}

function Rate({ perMinute }: { perMinute: number | undefined }) {
  const t = useWords();
  if (perMinute === undefined) return <None />;
  return (
    <span className="rate">{t('figure.per-minute', { n: figure(perMinute, perMinute < 10 ? 1 : 0) })}</span>
  );
}

/** Receipts, clocks, witness and the last comparisons, in one line. */
function LinkFacts({ link }: { link: LinkOverview }) {
  const t = useWords();
  const { receiptsOwed, receiptsOverdue, clockSkewMs, witness, lastComparison, lastReconciliation } = link;
  const parts: [string, ReactNode][] = [
    [t('overview.last-receipt'), <Age key="l" at={link.out?.lastReceiptedAt ?? null} />],
    [t('overview.receipts-owed'), count(receiptsOwed)],
    [
      t('overview.receipts-overdue'),
      (receiptsOverdue ?? 0) > 0 ? (
        <span className="warn">
          <Icon name="attention" /> {count(receiptsOverdue ?? 0)}
        </span>
      ) : (
        '0'
      ),
    ],
  ];
  if (clockSkewMs !== null && clockSkewMs !== undefined) {
    const seconds = clockSkewMs / 1000;
    parts.push([t('overview.skew'), t('figure.s', { n: `${seconds >= 0 ? '+' : ''}${figure(seconds)}` })]);
  }
  if (witness) {
    const lag = witness.lagSeconds === null ? '' : ` · ${span(witness.lagSeconds * 1000)}`;
    parts.push([
      t('overview.witness'),
      witness.state === 'compared' ? (
        `${wordFor('state', witness.state)}${lag}`
      ) : (
        <StateBadge state={witness.state} />
      ),
    ]);
  }
  if (lastComparison) parts.push([t('overview.comparison'), <Compared key="c" of={lastComparison} />]);
  if (lastReconciliation) parts.push([t('overview.registers'), <Compared key="r" of={lastReconciliation} />]);
  if (link.holes > 0) parts.push([t('overview.holes'), count(link.holes)]);
  return (
    <dl className="link-facts">
      {parts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Compared({ of: { at, outcome } }: { of: { at: string; outcome: string } }) {
  return (
    <>
      {outcome === 'equal' ? wordFor('state', outcome) : <StateBadge state={outcome} tone="warn" />}{' '}
      <span className="quiet">
        <Age at={at} />
      </span>
    </>
  );
}
