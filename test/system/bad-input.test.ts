import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../support/ask.ts';
import { countRows } from '../support/count-rows.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { changeOf, recordOf } from '../support/messages.ts';

const PORT_OFFSET = 2_000;

/** Stands in every message that is sent, and must stand nowhere in the log. */
const SECRET_NAME = 'Quillfeather Instruments';
const CERTIFIED = 'CN4403960A1B';
const UNKNOWN = 'CN4403960A1C';
const WRONG_TOKEN = `mra_${'A'.repeat(43)}`;

let gateway: TestGateway;
let tokens: Record<'backend' | 'purposeless' | 'reader', string>;

beforeAll(async () => {
  gateway = await startTestGateway('CN', PORT_OFFSET);
  tokens = {
    backend: await gateway.grant('backend', 'clearance'),
    purposeless: await gateway.grant('backend'),
    reader: await gateway.grant('reader', 'clearance'),
  };
  // Nothing leaves, so that no attempt is counted as stored.
  await gateway.db.sql('update lane set paused = true');
  const first = await ask(gateway.internal, {
    path: '/v1/messages',
    token: tokens.backend,
    headers: { 'idempotency-key': 'first' },
    body: record(CERTIFIED),
  });
  expect(first.status).toBe(202);
  // The sequencer moves entries from one table to others; once it is done, nothing moves by itself.
  while ((await countRows(gateway.db)).audit_pending !== 0) await delay(50);
});
afterAll(() => gateway[Symbol.asyncDispose]());

function named(data: object): object {
  const { enterprise } = data as { enterprise: { name: object } };
  return { ...data, enterprise: { ...enterprise, name: { ...enterprise.name, latin: SECRET_NAME } } };
}

const record = (id: string, members: object = {}) => ({
  type: 'enterprise-status',
  data: named(recordOf(id, members)),
});
const change = (id: string, members: object = {}) => ({
  type: 'certification-change',
  data: named(changeOf(id, members)),
});

/** The record with one part of its enterprise replaced. */
function recordWith(id: string, part: object): object {
  const { type, data } = record(id);
  const { enterprise } = data as { enterprise: object };
  return { type, data: { ...data, enterprise: { ...enterprise, ...part } } };
}

const registration = { scheme: 'gacc.customs-registration', value: UNKNOWN.slice(2) };

interface BadInput {
  title: string;
  path?: string;
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: unknown;
  by?: 'backend' | 'purposeless' | 'reader' | 'wrong' | 'nobody';
  status: number;
  code: string;
  /** Where there is a body: where in it, and what is wrong there. */
  errors?: [pointer: string, code: string][];
}

const table: BadInput[] = [
  {
    title: 'JSON that is cut off',
    body: '{"type":"enterprise-status","data":{',
    status: 400,
    code: 'malformed',
    errors: [['/data', 'syntax']],
  },
  {
    title: 'a member that is named twice',
    body: `{"type":"enterprise-status","type":"enterprise-status","txn":"${SECRET_NAME}"}`,
    status: 400,
    code: 'malformed',
    errors: [['/type', 'duplicate-member']],
  },
  {
    title: 'a list where a message is due',
    body: [SECRET_NAME],
    status: 400,
    code: 'malformed',
    errors: [['', 'wrong-type']],
  },
  {
    title: 'a media type other than JSON',
    headers: { 'content-type': 'text/plain' },
    body: SECRET_NAME,
    status: 415,
    code: 'unsupported-media-type',
  },
  {
    title: 'a member of the wrong type',
    body: record(UNKNOWN, { validUntil: 20_301_231 }),
    status: 422,
    code: 'invalid-message',
    errors: [['/data/validUntil', 'wrong-type']],
  },
  {
    title: 'an unknown member of the data',
    body: record(UNKNOWN, { nickname: SECRET_NAME }),
    status: 422,
    code: 'invalid-message',
    errors: [['/data/nickname', 'unknown-member']],
  },
  {
    title: 'an unknown member beside the data',
    body: { ...record(UNKNOWN), priority: 1 },
    status: 422,
    code: 'invalid-message',
    errors: [['/priority', 'unknown-member']],
  },
  {
    title: 'a type that there is not',
    body: { ...record(UNKNOWN), type: 'enterprise-rumour' },
    status: 422,
    code: 'invalid-message',
    errors: [['/type', 'unknown-code']],
  },
  {
    title: 'an unknown code',
    body: record(UNKNOWN, { occasion: 'on-a-whim' }),
    status: 422,
    code: 'invalid-message',
    errors: [['/data/occasion', 'unknown-code']],
  },
  {
    title: 'a class outside its regime',
    body: record(UNKNOWN, { class: 'AA' }),
    status: 422,
    code: 'invalid-message',
    errors: [['/data/class', 'grade-not-in-regime']],
  },
  {
    title: 'a wrong check digit',
    body: recordWith(UNKNOWN, {
      identifiers: [registration, { scheme: 'gacc.uscc', value: '91350100M000100Y44' }],
    }),
    status: 422,
    code: 'invalid-message',
    errors: [['/data/enterprise/identifiers/1/value', 'uscc-check-digit']],
  },
  {
    title: 'the other administration’s enterprise',
    body: change('US10000042', { programme: 'US-CTPAT', regime: 'CTPAT', ...tiers() }),
    status: 422,
    code: 'invalid-message',
    errors: [['/data/enterprise/id', 'foreign-authority']],
  },
  {
    title: 'several faults, all at once',
    body: record(UNKNOWN, { class: 'AA', occasion: 'on-a-whim', nickname: 1, certifiedOn: '2026-02-30' }),
    status: 422,
    code: 'invalid-message',
    errors: [
      ['/data/certifiedOn', 'malformed'],
      ['/data/class', 'grade-not-in-regime'],
      ['/data/nickname', 'unknown-member'],
      ['/data/occasion', 'unknown-code'],
    ],
  },
  {
    title: 'an illegal transition',
    body: change(CERTIFIED, {
      change: 'reinstated',
      from: { status: 'suspended', class: 'advanced-certified' },
      to: { status: 'certified', class: 'advanced-certified' },
      reasonCode: undefined,
    }),
    status: 409,
    code: 'illegal-transition',
    errors: [['/data/from/status', 'illegal-transition']],
  },
  {
    title: 'an initial load of what is known',
    body: record(CERTIFIED, { occasion: 'initial-load' }),
    status: 409,
    code: 'already-known',
    errors: [['/data/occasion', 'already-known']],
  },
  {
    title: 'a change without a registered consent',
    body: change(UNKNOWN, {
      change: 'granted',
      from: { status: 'none' },
      to: { status: 'certified', class: 'advanced-certified' },
      reasonCode: undefined,
    }),
    status: 422,
    code: 'consent-missing',
    errors: [['/data', 'consent-missing']],
  },
  {
    title: 'a stale expectedVersion',
    body: { ...change(CERTIFIED), expectedVersion: 7 },
    status: 409,
    code: 'stale-version',
    errors: [['/expectedVersion', 'stale-version']],
  },
  {
    title: 'an unknown link',
    body: { ...record(UNKNOWN), link: 'jp-customs' },
    status: 422,
    code: 'link-unknown',
    errors: [['/link', 'unknown-code']],
  },
  {
    title: 'data over 256 KiB',
    body: record(UNKNOWN, { reason: 'x'.repeat(262_144) }),
    status: 413,
    code: 'too-large',
    errors: [['/data', 'too-long']],
  },
  {
    title: 'a body far over 256 KiB',
    body: record(UNKNOWN, { reason: 'x'.repeat(1_000_000) }),
    status: 413,
    code: 'too-large',
    errors: [['', 'too-long']],
  },
  {
    title: 'a batch over 16 MiB',
    path: '/v1/messages/batch',
    body: JSON.stringify({ messages: Array(25_000).fill(record(UNKNOWN)) }),
    status: 413,
    code: 'too-large',
    errors: [['', 'too-long']],
  },
  {
    title: 'a batch of more than 1,000',
    path: '/v1/messages/batch',
    body: { messages: Array(1_001).fill({}) },
    status: 413,
    code: 'too-large',
    errors: [['/messages', 'too-many']],
  },
  {
    title: 'a batch that is none',
    path: '/v1/messages/batch',
    body: { message: record(UNKNOWN) },
    status: 400,
    code: 'malformed',
    errors: [['/messages', 'missing-member']],
  },
  {
    title: 'a batch for all or none with one fault',
    path: '/v1/messages/batch?atomic=true',
    body: { messages: [record(UNKNOWN), record('CN4403960A1D', { occasion: 'on-a-whim' })] },
    status: 422,
    code: 'batch-refused',
  },
  { title: 'no token', by: 'nobody', body: record(UNKNOWN), status: 401, code: 'unauthenticated' },
  { title: 'a wrong token', by: 'wrong', body: record(UNKNOWN), status: 401, code: 'unauthenticated' },
  { title: 'a missing scope', by: 'reader', body: record(UNKNOWN), status: 403, code: 'scope-missing' },
  {
    title: 'a missing purpose',
    by: 'purposeless',
    method: 'GET',
    path: '/v1/changes',
    status: 400,
    code: 'purpose-missing',
  },
  {
    title: 'an unknown purpose',
    method: 'GET',
    path: '/v1/changes',
    headers: { 'data-purpose': 'curiosity' },
    status: 400,
    code: 'purpose-unknown',
  },
  {
    title: 'an idempotency key used for another request',
    headers: { 'idempotency-key': 'first' },
    body: record(UNKNOWN),
    status: 422,
    code: 'idempotency-key-reused',
  },
  {
    title: 'an idempotency key that is none',
    headers: { 'idempotency-key': 'x'.repeat(256) },
    body: record(UNKNOWN),
    status: 400,
    code: 'idempotency-key-malformed',
  },
  {
    title: 'a cursor of somebody else',
    method: 'GET',
    path: '/v1/changes?after=abc',
    status: 400,
    code: 'cursor-malformed',
  },
  {
    title: 'a query parameter that there is not',
    method: 'GET',
    path: '/v1/changes?sort=up',
    status: 400,
    code: 'malformed',
    errors: [['/sort', 'malformed']],
  },
  {
    title: 'a message that there is not',
    method: 'GET',
    path: '/v1/messages/01a20922-7c00-7b3e-9d5a-0f3c2b1a4d5e',
    status: 404,
    code: 'not-found',
  },
];

function tiers(): object {
  return { from: { status: 'certified', tier: 'II' }, to: { status: 'suspended', tier: 'II' } };
}

function tokenOf(by: BadInput['by']): string | undefined {
  if (by === 'nobody') return undefined;
  return by === 'wrong' ? WRONG_TOKEN : tokens[by ?? 'backend'];
}

describe('bad input is a clear 4xx, and nothing of it is stored', () => {
  it.each(table)('$title: $status $code', async (input) => {
    const before = await countRows(gateway.db);
    const token = tokenOf(input.by);
    const answer = await ask(gateway.internal, {
      path: '/v1/messages',
      ...input,
      ...(token === undefined ? {} : { token }),
    });
    expect({ status: answer.status, type: answer.body?.type }).toEqual({
      status: input.status,
      type: `urn:mra-gateway:problem:${input.code}`,
    });
    expect(answer.type).toContain('application/problem+json');
    expect(answer.body.detail).toMatch(/^[A-Z].+[.…]$/);
    const errors = (answer.body.errors ?? []).map(({ pointer, code }) => [pointer, code]);
    expect(errors.sort()).toEqual(input.errors ?? []);
    for (const { message } of answer.body.errors ?? []) expect(message).toMatch(/\w+ \w+/);
    expect(await countRows(gateway.db)).toEqual(before);
  });

  it('names the fault of each message of a batch, and of each line of NDJSON', async () => {
    const before = await countRows(gateway.db);
    const bad = table.filter(({ body, path, by }) => isMessage(body) && !path && !by);
    const refused = bad.filter(
      ({ code }) => !['idempotency-key-reused', 'idempotency-key-malformed'].includes(code),
    );
    const fits = refused.filter(({ body }) => JSON.stringify(body).length < 900_000);
    const asJson = { messages: fits.map(({ body }) => body) };
    const asLines = [...fits.map(({ body }) => JSON.stringify(body)), '{"type":'].join('\n');
    const requests = [
      { body: asJson, headers: {} },
      { body: asLines, headers: { 'content-type': 'application/x-ndjson' } },
    ];
    for (const request of requests) {
      const { status, body } = await ask<BatchBody>(gateway.internal, {
        path: '/v1/messages/batch',
        token: tokens.backend,
        ...request,
      });
      expect(status).toBe(200);
      expect(body.accepted).toBe(0);
      const codes = body.results.map(({ problem }) => problem.type.replace(/.*:/, ''));
      expect(codes.slice(0, fits.length)).toEqual(fits.map(({ code }) => code));
      expect(codes.slice(fits.length)).toEqual(request.body === asLines ? ['malformed'] : []);
    }
    expect(await countRows(gateway.db)).toEqual(before);
  });

  it('writes neither tokens nor anything of the data into the log', () => {
    const log = gateway.kept.text();
    expect(gateway.kept.lines().length).toBeGreaterThan(table.length);
    expect(log).toContain('/v1/messages');
    for (const secret of [SECRET_NAME, WRONG_TOKEN, '深圳恒达', 'on-a-whim', ...Object.values(tokens)]) {
      expect(log).not.toContain(secret);
    }
  });
});

interface BatchBody {
  accepted: number;
  results: { problem: { type: string } }[];
}

const isMessage = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && Object.hasOwn(body, 'type');
