import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; runbook: string };
}
interface Panel {
  title: string;
  targets: { expr: string }[];
}

const read = (path: string) => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
const rules = (parse(read('ops/alerts.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (g) => g.rules,
);
const dashboard = JSON.parse(read('ops/dashboard.json')) as {
  panels: Panel[];
  templating: { list: { query: string }[] };
};

let gateway: TestGateway;
/** Every series that a running gateway offers, with those of its histograms. */
const offered = new Set<string>();

beforeAll(async () => {
  gateway = await startTestGateway('CN', 62);
  const text = await (await fetch(`${gateway.internal}/metrics`)).text();
  for (const [, name = '', type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    offered.add(name);
    if (type === 'histogram') for (const end of ['_bucket', '_sum', '_count']) offered.add(name + end);
  }
});
afterAll(() => gateway[Symbol.asyncDispose]());

const namesIn = (expr: string) => expr.match(/\bmra_\w+/g) ?? [];
const unknown = (expr: string) => namesIn(expr).filter((name) => !offered.has(name));

describe('ops/alerts.yml', () => {
  it.each(rules)(
    '$alert asks for what a gateway offers, and names its runbook',
    ({ expr, labels, annotations }) => {
      expect(unknown(expr)).toEqual([]);
      expect(expr.split('(').length).toBe(expr.split(')').length);
      expect(['critical', 'warning']).toContain(labels.severity);
      const [page = '', section = ''] = annotations.runbook.split('#');
      const headings = read(page).matchAll(/^#+ (.*)$/gm);
      expect([...headings].map(([, title = '']) => title.toLowerCase().replaceAll(' ', '-'))).toContain(
        section,
      );
    },
  );
});

describe('ops/dashboard.json', () => {
  it.each(dashboard.panels)('$title shows what a gateway offers', ({ targets }) => {
    for (const { expr } of targets) {
      expect(namesIn(expr)).not.toEqual([]);
      expect(unknown(expr)).toEqual([]);
    }
  });

  it('offers its links', () => {
    expect(dashboard.templating.list.flatMap(({ query }) => unknown(query))).toEqual([]);
  });
});

describe('/metrics', () => {
  it('has what operators alert on', () => {
    for (const name of [
      'mra_lane_oldest_pending_seconds',
      'mra_lane_pending',
      'mra_messages_accepted_total',
      'mra_messages_delivered_total',
      'mra_messages_receipted_total',
      'mra_messages_refused_total',
      'mra_delivery_latency_seconds_bucket',
      'mra_delivery_attempts_total',
      'mra_receipts_overdue',
      'mra_audit_cosignature_lag_seconds',
      'mra_trust_expiry_timestamp_seconds',
      'mra_clock_skew_seconds',
      'mra_queue_up',
      'mra_database_up',
    ]) {
      expect(offered).toContain(name);
    }
  });

  it('is described in docs/operations.md, every name', () => {
    const page = read('docs/operations.md');
    const names = [...offered].filter(
      (name) => !/_(bucket|sum|count)$/.test(name) && name.startsWith('mra_'),
    );
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
