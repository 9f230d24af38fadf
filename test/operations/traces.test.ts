import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readTraceEndpoint } from '../../src/config/env.ts';
import { openSpanExport } from '../../src/operations/traces/export-spans.ts';
import { followTraces } from '../../src/operations/traces/follow-traces.ts';
import { placeOfNow, readSteps } from '../../src/operations/traces/read-steps.ts';
import { keepLog } from '../support/http.ts';
import { recordOf } from '../support/messages.ts';
import { createPair, type Pair } from '../support/pair.ts';

interface Told {
  name: string;
  traceId: string;
  spanId: string;
  attributes: { key: string; value: { stringValue?: string } }[];
}

let pair: Pair;
beforeAll(async () => {
  pair = await createPair();
});
afterAll(() => pair[Symbol.asyncDispose]());

it('tells a collector of the way of each message, both sides in one trace that bears its id, with its case number', async () => {
  const told: Told[] = [];
  const collector = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const { resourceSpans } = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: Told[] }[] }[] };
      told.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((done) => collector.listen(0, '127.0.0.1', done));
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/traces`;
  const begun = { cn: await placeOfNow(pair.cn.db.database), us: await placeOfNow(pair.us.db.database) };
  const [outcome] = await pair.cn.submit({
    type: 'enterprise-status',
    data: recordOf('CN4403960001'),
    txn: 'CASE-7',
  });
  if (!outcome || !('accepted' in outcome)) throw new Error('not accepted');
  pair.wire.post = async () => ({ status: 503, headers: {}, body: '', ms: 1 });
  await pair.deliver(pair.cn);
  pair.wire.post = (_to, _body, forward) => forward();
  await pair.cn.db.sql('update lane set next_attempt_at = null');
  await pair.deliver(pair.cn);
  await pair.receipt(pair.us);
  for (const [side, place] of [
    [pair.cn, begun.cn],
    [pair.us, begun.us],
  ] as const) {
    await using spans = await openSpanExport(endpoint, side.party);
    const { steps } = await readSteps(side.db.database, place, new Date(Date.now() + 1_000));
    spans.tell(steps);
    // Another process tells the same.
    spans.tell(steps.slice(0, 1));
  }
  collector.close();
  const trace = outcome.accepted.id.replaceAll('-', '');
  expect(new Set(told.map(({ traceId }) => traceId))).toEqual(new Set([trace]));
  const once = new Map(told.map((span) => [span.spanId, span.name]));
  expect([...once.values()].toSorted()).toEqual([
    'message accepted',
    'message receipted',
    'message received',
    'message sent',
    'message sent',
  ]);
  for (const { attributes } of told)
    expect(attributes).toContainEqual({ key: 'txn', value: { stringValue: 'CASE-7' } });
});

it('is not there where no endpoint is set', async () => {
  const broken = { query: () => Promise.reject(new Error('asked')) };
  await using _nothing = await followTraces({
    endpoint: undefined,
    database: broken,
    log: keepLog().log,
    party: 'CN',
  });
  expect(readTraceEndpoint({})).toBeUndefined();
  expect(readTraceEndpoint({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/' })).toBe(
    'http://c:4318/v1/traces',
  );
});
