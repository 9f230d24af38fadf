import 'uplot/dist/uPlot.min.css';
import { useEffect, useMemo, useRef } from 'react';
import uPlot from 'uplot';
import { figure } from '../words/figures.ts';
import { useLanguage, useWords } from '../words/language.ts';
import { useIsDark } from '../words/theme.ts';

export interface Line {
  name: string;
  values: readonly (number | null)[];
  /** A custom property of the tokens, e.g. `--line-a`. */
  color: string;
  dashed?: boolean;
  filled?: boolean;
}

export interface ChartProps {
  label: string;
  /** Seconds since 1970, ascending. */
  at: readonly number[];
  lines: readonly Line[];
  unit: string;
  height?: number;
}

/**
 * Lines over time; the legend below shows the figures under the pointer. Times are in UTC, as everywhere. Colours and
 * words are read when the plot is made: another theme, language or line is another plot.
 */
export function Chart(props: ChartProps) {
  const key = [useIsDark(), useLanguage(), ...props.lines.map(({ name }) => name)].join('|');
  return <Plot key={key} {...props} />;
}

function Plot({ label, at, lines, unit, height = 168 }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const t = useWords();
  const plot = useRef<uPlot>(undefined);
  const data = useMemo<uPlot.AlignedData>(
    () => [[...at], ...lines.map(({ values }) => [...values])],
    [at, lines],
  );
  const first = useRef(data);
  first.current = data;
  const shape = useRef(lines);
  shape.current = lines;

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const made = new uPlot(
      options(shape.current, unit, element.clientWidth, height, t('chart.time')),
      first.current,
      element,
    );
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
    };
  }, [t, unit, height]);

  useEffect(() => plot.current?.setData(data), [data]);
  return <div className="chart" ref={place} role="img" aria-label={`${label}: ${summary(lines, unit)}`} />;
}

/** What a screen reader says of the picture: the last figure of each line. */
function summary(lines: readonly Line[], unit: string): string {
  return lines
    .map(({ name, values }) => {
      const last = values.findLast((value) => value !== null);
      return `${name} ${last == null ? '–' : figure(last)} ${unit}`;
    })
    .join(', ');
}

function options(
  lines: readonly Line[],
  unit: string,
  width: number,
  height: number,
  timeWord: string,
): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: color('--text-2'),
    font: `12px ${style.getPropertyValue('--font')}`,
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
  };
  const shown = (value: number | null | undefined): string =>
    value == null ? '–' : `${figure(value)} ${unit}`;
  return {
    width,
    height,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    padding: [8, 8, 0, 0],
    cursor: { points: { size: 6 }, y: false, drag: { x: false, y: false } },
    legend: { live: true },
    axes: [
      { ...axis, grid: { show: false }, values: TIMES, space: 64 },
      {
        ...axis,
        size: 48,
        // Whole messages have no halves.
        ...(unit === '' ? { incrs: WHOLE } : {}),
        values: (_, ticks) => ticks.map((tick) => figure(tick, 2)),
        space: 32,
      },
    ],
    scales: { y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] } },
    series: [
      { label: timeWord, value: (_, seconds) => (seconds == null ? '–' : stamp(seconds)) },
      ...lines.map(({ name, values, color: token, dashed, filled }) => ({
        label: name,
        stroke: color(token),
        width: 1.5,
        points: { show: hasLonely(values), size: 4, fill: color(token) },
        spanGaps: false,
        ...(dashed ? { dash: [5, 3] } : {}),
        ...(filled ? { fill: color(`${token}-fill`) } : {}),
        value: (_: uPlot, value: number | null) => shown(value),
      })),
    ],
  };
}

/** A point between two gaps is no line and would not be seen. */
function hasLonely(values: readonly (number | null)[]): boolean {
  return values.some((value, n) => value !== null && values[n - 1] == null && values[n + 1] == null);
}

const WHOLE = [1, 2, 5]
  .flatMap((n) => [0, 1, 2, 3, 4, 5, 6, 7].map((e) => n * 10 ** e))
  .toSorted((a, b) => a - b);

function stamp(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');
}

/** 24 hours and days as 2026-11-23, in both languages. */
const TIMES: uPlot.Axis.Values = [
  [86_400, '{MM}-{DD}', null, null, null, null, null, null, 1],
  [60, '{HH}:{mm}', '\n{YYYY}-{MM}-{DD}', null, '\n{MM}-{DD}', null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', null, null, null, null, null, null, 1],
];
