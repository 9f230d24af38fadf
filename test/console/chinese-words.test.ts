import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readKinds } from '../../src/access/record-reads.ts';
import zh from '../../src/console/locales/zh-CN.json' with { type: 'json' };
import { readAnswer } from '../../src/delivery/read-answer.ts';
import { describe as describeFault } from '../../src/delivery/record-answer.ts';
import { problems } from '../../src/http/problems.ts';
import { whyItWaits } from '../../src/operations/lanes/why-it-waits.ts';
import { inChinese, isOurs } from '../../src/operations/words/in-chinese.ts';

const root = fileURLToPath(new URL('../../src/', import.meta.url));
const sources = await readSources();

async function readSources(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
    const path = join(entry.parentPath, entry.name);
    found.set(relative(root, path), await readFile(path, 'utf8'));
  }
  return found;
}

/** Answered to programs only, or of no HTTP interface at all: no page of the console asks there. */
const NOT_OF_PAGES =
  /^(?:console\/page|commands|demo|config|feed|streams|bulk)\/|^http\/(?:broken-request|socket-limits|idempotency|read-body)|^submission\/(?:routes|submit-messages)|^erasure\/erasure-list|^register\/read-time/;

const LITERAL = String.raw`('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\`(?:[^\`\\]|\\.)*\`)`;
const DETAIL = new RegExp(
  String.raw`(?:\bdetail:\s*|new (?:Problem|DeadLetterError|DecisionError|AccessError|ErasureError)\(\s*'[a-z-]+',\s*(?:\{\s*detail:\s*)?)${LITERAL}`,
  'g',
);

/** What the API's sentences are with a figure in each place. */
function detailsOf(source: string): string[] {
  return [...source.matchAll(DETAIL)].map(([, literal = '']) => filled(literal));
}

function filled(literal: string): string {
  return literal
    .slice(1, -1)
    .replaceAll(/\$\{JSON\.stringify\([^{}]*\)\}/g, '"7"')
    .replaceAll(/\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g, '7')
    .replaceAll(/\\(.)/g, '$1');
}

describe('Chinese for what the gateway says in English', () => {
  it('names every code of a problem', () => {
    const missing = Object.keys(problems).filter((code) => !Object.hasOwn(zh, `problem.${code}`));
    expect(missing).toEqual([]);
  });

  it('has every sentence that the API answers a page with', () => {
    const found = [...sources]
      .filter(([path]) => !NOT_OF_PAGES.test(path))
      .flatMap(([path, source]) => detailsOf(source).map((detail) => ({ path, detail })))
      // What is another's message as a whole is judged where it is made.
      .filter(({ detail }) => /[a-z]{2}/i.test(detail));
    expect(found.length).toBeGreaterThan(60);
    expect(found.filter(({ detail }) => !isOurs(detail))).toEqual([]);
  });

  it('has every fault of a key or a certificate, wherever it lies', () => {
    const FAULT = new RegExp(
      String.raw`keyFault\(\s*'[a-z-]+',\s*[^,]+?,\s*(?:code === 'ENOENT' \? )?${LITERAL}`,
      'g',
    );
    const found = [...sources].flatMap(([path, source]) =>
      [...source.matchAll(FAULT)].map(([, literal = '']) => ({
        path,
        fault: `keys/a b.json: ${filled(literal)}`,
      })),
    );
    expect(found.length).toBeGreaterThan(60);
    const judged = found.map(({ path, fault }) => ({ path, fault, chinese: inChinese(fault) }));
    expect(judged.filter(({ chinese }) => !chinese.startsWith('keys/a b.json：'))).toEqual([]);
    expect(inChinese('us-1: is no signing key of ours.')).toBe('us-1：不是本方签名密钥');
    expect(inChinese('"us-1" is no signing key of ours.')).toBe('本方没有签名密钥 "us-1"');
    expect(
      judged.filter(({ chinese }) => /[a-z]{4,} [a-z]{2,} [a-z]/.test(chinese.replace(/mra [a-z ]+/, ''))),
    ).toEqual([]);
  });

  it('has every act that waits for a second person, and its sentence', () => {
    const kinds = [...sources.values()].flatMap((source) => [
      ...[...source.matchAll(/approvals\.add\(\{\s*kind: '([a-z-]+)'/g)].map(([, kind = '']) => kind),
      ...[...source.matchAll(/const \w*(?:WITHDRAWAL|REVOCATION) = '([a-z-]+)'/g)].map(
        ([, kind = '']) => kind,
      ),
    ]);
    const added = [...sources.values()].join('\n').match(/approvals\.add\(/g) ?? [];
    expect(kinds.length).toBe(added.length);
    expect(kinds.filter((kind) => !Object.hasOwn(zh, `approval-kind.${kind}`))).toEqual([]);
    const summaries = [...sources].flatMap(([path, source]) =>
      path.startsWith('console/')
        ? []
        : [...source.matchAll(/const (?:summary|words) = (`[A-Z][^`]*`)/g)].map(([, literal = '']) =>
            literal.slice(1, -1).replaceAll(/\$\{[^{}]*\}/g, '7'),
          ),
    );
    expect(summaries.length).toBeGreaterThanOrEqual(3);
    expect(summaries.filter((summary) => !isOurs(summary))).toEqual([]);
  });

  it('names everything of the partner’s that is read', () => {
    expect(readKinds.filter((kind) => !Object.hasOwn(zh, `audit-read.${kind}`))).toEqual([]);
  });

  it('names every kind of audit entry', () => {
    const kinds = new Set<string>();
    for (const [path, source] of sources) {
      if (/^(?:console|commands|demo|generated)\//.test(path) || !/append-entries|Audit\b|audit/.test(source))
        continue;
      for (const [, kind = ''] of source.matchAll(/\bkind: '([a-z]+(?:-[a-z]+)+)'/g)) kinds.add(kind);
    }
    for (const word of ['link-fault', 'too-large']) kinds.delete(word);
    expect(kinds.size).toBeGreaterThan(40);
    expect([...kinds].filter((kind) => !Object.hasOwn(zh, `audit-kind.${kind}`))).toEqual([]);
  });

  it('has every way in which a request to the partner fails, with the words of the partner as a quotation', () => {
    const error = JSON.stringify({ err: 'temporarily_unavailable', description: 'disk block unreadable' });
    const answers = [
      readAnswer(503, error, ['a']),
      readAnswer(500, '<html>', ['a']),
      readAnswer(413, '', ['a']),
      readAnswer(401, error, ['a']),
      readAnswer(202, 'no', ['a']),
      readAnswer(202, '{}', ['a']),
    ];
    const errors = answers.map((answer) => (answer.kind === 'answered' ? '' : answer.error));
    errors.push(
      describeFault({ err: 'invalid_key', description: 'unknown kid' }),
      'no answer from partner: ECONNREFUSED connect ECONNREFUSED 127.0.0.1:8443',
      `the partner failed at it 3 times and answered the next message: ${errors[0]}`,
    );
    expect(errors.filter((text) => !isOurs(text))).toEqual([]);
    for (const text of errors)
      expect(withoutQuotations(inChinese(text))).not.toMatch(/[a-z]{4,} [a-z]{2,} [a-z]/);
    expect(inChinese(errors[0] ?? '')).toBe(
      '对方应答 503：暂时不可用（temporarily_unavailable）「disk block unreadable」',
    );
  });

  it('says why a lane waits without an English sentence of ours', () => {
    const now = new Date();
    const facts = {
      pending: 3,
      parked: 0,
      held: 0,
      attempts: 2,
      nextAttemptAt: new Date(now.getTime() + 9_000),
      lastError: 'no answer from partner: UND_ERR_HEADERS_TIMEOUT Headers Timeout Error',
      paused: false,
      pausedBy: null,
      pausedReason: null,
      owner: null,
      haltedReason: null,
    };
    expect(whyItWaits(facts, now).why.zh).toBe(
      '第 2 次尝试失败（对方无应答：等待应答超时（UND_ERR_HEADERS_TIMEOUT））；9 秒后重试',
    );
    const paused = { ...facts, paused: true, pausedBy: 'lin.hai', pausedReason: 'disk full' };
    expect(whyItWaits(paused, now).why).toMatchObject({
      en: 'lin.hai paused it: disk full',
      zh: 'lin.hai 已暂停此通道「disk full」',
    });
    const haltedReason = 'partner answers jti_conflict for message 7: other bytes';
    expect(whyItWaits({ ...facts, haltedReason }, now).why.zh).toContain(
      '同一编号内容不同（jti_conflict）「other bytes」',
    );
  });

  it('leaves what others said as it was said', () => {
    expect(inChinese('the mill burns')).toBe('「the mill burns」');
    expect(inChinese('对方值班员要求暂停')).toBe('对方值班员要求暂停');
  });
});

function withoutQuotations(text: string): string {
  return text.replaceAll(/「[^」]*」/g, '');
}
