import { useMemo } from 'react';
import type { Range, Series } from '../api/types.ts';
import { useData } from '../api/use-data.ts';
import { Chart, type Line } from '../parts/chart.tsx';
import { Section } from '../parts/page-head.tsx';
import { Shown } from '../parts/states.tsx';
import { Choice } from '../parts/tabs.tsx';
import { changeQuery, useRoute } from '../router.tsx';
import { useWords } from '../words/language.ts';

const ranges = ['1h', '24h', '7d'] as const satisfies readonly Range[];

/** Rates of both directions, latency and backlog over an hour, a day or a week. */
export function Traffic({ links }: { links: readonly string[] }) {
  const t = useWords();
  const { query } = useRoute();
  const range = ranges.find((known) => known === query.range) ?? '1h';
  const link = links.find((known) => known === query.link);
  const series = useData<Series>('/v1/ops/series', {
    query: { range, link: link ?? (links.length === 1 ? links[0] : undefined) },
    everyMs: range === '1h' ? 15_000 : 60_000,
  });
  return (
    <Section
      title={t('overview.traffic')}
      tools={
        <>
          {links.length > 1 && (
            <select
              aria-label={t('word.link')}
              value={link ?? ''}
              onChange={({ target }) => changeQuery({ link: target.value }, { replace: true })}
            >
              <option value="">{t('overview.all-links')}</option>
              {links.map((id) => (
                <option key={id}>{id}</option>
              ))}
            </select>
          )}
          <Choice
            label={t('overview.range')}
            value={range}
            options={ranges.map((value) => ({ value, name: t(`range.${value}`) }))}
            choose={(value) => changeQuery({ range: value === '1h' ? undefined : value }, { replace: true })}
          />
        </>
      }
    >
      <Shown of={series} rows={5}>
        {(data) => <Charts series={data} />}
      </Shown>
    </Section>
  );
}

function Charts({ series }: { series: Series }) {
  const t = useWords();
  const { rates, latency, backlog } = useMemo(() => linesOf(series, t), [series, t]);
  return (
    <div className="charts">
      <figure>
        <figcaption>{t('chart.rate')}</figcaption>
        <Chart label={t('chart.rate')} at={series.at} lines={rates} unit={t('chart.per-minute')} />
      </figure>
      <figure>
        <figcaption>{t('chart.latency')}</figcaption>
        <Chart label={t('chart.latency')} at={series.at} lines={latency} unit={t('chart.seconds')} />
      </figure>
      <figure>
        <figcaption>{t('chart.backlog')}</figcaption>
        <Chart label={t('chart.backlog')} at={series.at} lines={backlog} unit="" />
      </figure>
    </div>
  );
}

function linesOf(
  series: Series,
  t: ReturnType<typeof useWords>,
): Record<'rates' | 'latency' | 'backlog', Line[]> {
  const minutes = series.stepSeconds / 60;
  const perMinute = (values: readonly (number | null)[]) =>
    values.map((value) => (value === null ? null : value / minutes));
  const seconds = (values: readonly (number | null)[]) =>
    values.map((value) => (value === null ? null : value / 1000));
  const { out, in: into } = series;
  return {
    rates: [
      { name: t('chart.delivered'), values: perMinute(out.delivered), color: '--line-a', filled: true },
      { name: t('chart.received'), values: perMinute(into.received), color: '--line-b' },
      { name: t('chart.accepted'), values: perMinute(out.accepted), color: '--line-c', dashed: true },
    ],
    latency: [
      { name: t('chart.half'), values: seconds(out.p50Ms), color: '--line-a' },
      { name: t('chart.nearly-all'), values: seconds(out.p99Ms), color: '--line-b', dashed: true },
    ],
    backlog: [{ name: t('chart.waiting'), values: out.waiting, color: '--line-a', filled: true }],
  };
}
