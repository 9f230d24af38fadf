import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isAlertCode } from '../../src/operations/alerts/what-to-do.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { promtool, promtoolMissing } from '../support/promtool.ts';

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

/** Gauges that every process reads from the store: a sum over processes would count them once for each. */
const ofStore = [...'lane link consumer'.split(' ').map((area) => `mra_${area}_`), 'mra_alerts', 'mra_key_'];
const sumsOfStore = (expr: string) =>
  [...expr.matchAll(/\bsum(?: by \([^)]*\))? \((\w+)/g)].filter(([, name = '']) =>
    ofStore.some((prefix) => name.startsWith(prefix) || name === 'deriv'),
  );

const namesIn = (expr: string) => expr.match(/\bmra_\w+/g) ?? [];
const unknown = (expr: string) => namesIn(expr).filter((name) => !offered.has(name));

describe('ops/alerts.yml', () => {
  it.each(rules)(
    '$alert asks for what a gateway offers, and names its runbook',
    ({ expr, labels, annotations }) => {
      expect(unknown(expr)).toEqual([]);
      expect(sumsOfStore(expr)).toEqual([]);
      const codes = [...expr.matchAll(/mra_alerts\{code=~?"([^"]*)"/g)].flatMap(([, text = '']) =>
        text.split('|'),
      );
      expect(codes.filter((code) => !isAlertCode(code))).toEqual([]);
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

describe.skipIf(promtoolMissing)('ops/alerts.test.yml', () => {
  const at = (name: string) => join(import.meta.dirname, '../../ops', name);
  it('plays the rules through: they ring when they should, and not before', () => {
    expect(promtool('test', 'rules', at('alerts.test.yml'))).toMatchObject({ code: 0 });
    expect(promtool('check', 'rules', at('alerts.yml'))).toMatchObject({ code: 0 });
  });
});

describe('ops/dashboard.json', () => {
  it.each(dashboard.panels)('$title shows what a gateway offers', ({ targets }) => {
    for (const { expr } of targets) {
      expect(namesIn(expr)).not.toEqual([]);
      expect(unknown(expr)).toEqual([]);
      expect(sumsOfStore(expr)).toEqual([]);
    }
  });

  it('offers its links', () => {
    expect(dashboard.templating.list.flatMap(({ query }) => unknown(query))).toEqual([]);
  });
});

describe('/openapi.json', () => {
  it('has every route of operators, each with a sentence, and docs/api.md has it too', async () => {
    const { paths } = (await (await fetch(`${gateway.internal}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { summary?: string; tags?: string[] }>>;
    };
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, route]) => ({ path, method, ...route })),
    );
    const pages = ['api', 'streams', 'webhooks', 'audit', 'reconciliation', 'register'].map((name) =>
      read(`docs/${name}.md`),
    );
    const ops = routes.filter(({ path }) => path.startsWith('/v1/ops/'));
    expect(ops.length).toBeGreaterThan(50);
    expect(ops.filter(({ summary, tags }) => !summary || !tags?.length)).toEqual([]);
    const places = new Set(ops.map(({ path }) => path.split('/').slice(0, 4).join('/')));
    expect([...places].filter((place) => !pages.some((page) => page.includes(place)))).toEqual([]);
  });
});

describe('/metrics', () => {
  it('has what operators alert on', () => {
    for (const name of [
      'mra_key_days_left',
      'mra_certificate_days_left',
      'mra_end_to_end_latency_seconds_bucket',
      'mra_consumer_backlog',
      'mra_consumer_oldest_owed_seconds',
      'mra_consumer_paused',
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

  it('has the days left of each key', async () => {
    const text = await (await fetch(`${gateway.internal}/metrics`)).text();
    const keys = [...text.matchAll(/^mra_key_days_left\{(.*)\} (\S+)$/gm)].map(([, labels]) => labels);
    expect(keys).toEqual([
      expect.stringMatching(/kid="cn-.*",link="",use="sig",state="active"/),
      expect.stringMatching(/kid="us-.*",link="us-cbp",use="sig",state="pinned"/),
    ]);
  });

  it('is described in docs/operations.md, every name', () => {
    const page = read('docs/operations.md');
    const names = [...offered].filter(
      (name) => !/_(bucket|sum|count)$/.test(name) && name.startsWith('mra_'),
    );
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
