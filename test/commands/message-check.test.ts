import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { addMessageCommand } from '../../src/commands/message-check.ts';
import { changeOf, recordOf } from '../support/messages.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const NOW = '2026-11-23T08:00:00Z';

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await createTemporaryFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

async function file(name: string, content: unknown): Promise<string> {
  const path = join(folder.path, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** Runs `mra message check …` as from a shell. */
async function check(...words: string[]): Promise<{ lines: string[]; code: number }> {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((text) => void lines.push(String(text)));
  const program = new Command('mra').exitOverride().configureOutput({ writeErr: (text) => lines.push(text) });
  addMessageCommand(program);
  for (const command of program.commands.flatMap((child) => [child, ...child.commands]))
    command.copyInheritedSettings(program);
  process.exitCode = undefined;
  try {
    await program.parseAsync(['message', 'check', '--now', NOW, ...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { lines, code: error.exitCode };
  }
  return { lines, code: Number(process.exitCode ?? 0) };
}

const record = (members: object = {}) => ({
  type: 'enterprise-status',
  data: recordOf('CN4403960A1B', members),
});

/** Places in a line where text of the check stands: file, kind, pointer, code. */
const heads = (lines: readonly string[]): string[] =>
  lines.map((line) => line.replace(`${folder.path}/`, '').replace(/ ([a-z-]+): .*$/, ' $1'));

describe('mra message check', () => {
  it('says ok and ends with 0 where nothing is wrong', async () => {
    const { lines, code } = await check(await file('good.json', record()));
    expect(heads(lines)).toEqual(['good.json: ok', '1 checked, 0 with errors']);
    expect(code).toBe(0);
  });

  it('prints every error with its pointer into the file, and ends with 1', async () => {
    const bad = await file('bad.json', record({ class: 'AA', validUntil: 7, nickname: 'x' }));
    const { lines, code } = await check(bad);
    expect(heads(lines.slice(0, -1)).sort()).toEqual([
      'bad.json: error /data/class grade-not-in-regime',
      'bad.json: error /data/nickname unknown-member',
      'bad.json: error /data/validUntil wrong-type',
    ]);
    expect(lines.at(-1)).toBe('1 checked, 1 with errors');
    expect(code).toBe(1);
  });

  it('prints warnings with their pointers, and ends with 0 where there is no error', async () => {
    const { type, data } = record();
    const { enterprise } = data as { enterprise: { identifiers: object[] } };
    enterprise.identifiers.push({ scheme: 'cbp.mid', value: 'CNOTHER1SHE' });
    const { lines, code } = await check(await file('doubtful.json', { type, data }));
    expect(heads(lines)).toEqual([
      'doubtful.json: warning /data/enterprise/identifiers/1/value mid-mismatch',
      '1 checked, 0 with errors',
    ]);
    expect(code).toBe(0);
  });

  it('takes bare data with --type, and points into them', async () => {
    const bare = await file('bare.json', changeOf('CN4403960A1B', { change: 'paused' }));
    const typed = await check('--type', 'certification-change', bare);
    expect(heads(typed.lines)[0]).toBe('bare.json: error /change unknown-code');
    const untyped = await check(bare);
    expect(heads(untyped.lines)[0]).toBe('bare.json: error / unknown-code');
    expect(untyped.code).toBe(1);
  });

  it('checks several files, lists and lines, and tells them apart', async () => {
    const list = await file('list.json', [record(), record({ occasion: 'whim' })]);
    const lines = await file(
      'lines.ndjson',
      `${JSON.stringify(record({ status: 'lost' }))}\n${JSON.stringify(record())}\n`,
    );
    const answer = await check(list, lines, await file('last.json', record()));
    expect(heads(answer.lines)).toEqual([
      'list.json /0: ok',
      'list.json /1: error /data/occasion unknown-code',
      'lines.ndjson line 1: error /data/status unknown-code',
      'lines.ndjson line 2: ok',
      'last.json: ok',
      '5 checked, 2 with errors',
    ]);
    expect(answer.code).toBe(1);
  });

  it('names a file that cannot be read or is not JSON, and goes on with the next', async () => {
    const broken = await file('broken.json', '{"type": "enterprise-status", "data": {"class":');
    const twice = await file('twice.json', '{"type":"enterprise-status","data":{"regime":"a","regime":"b"}}');
    const answer = await check(
      join(folder.path, 'absent.json'),
      broken,
      twice,
      await file('ok.json', record()),
    );
    expect(heads(answer.lines)).toEqual([
      'absent.json: error / unreadable',
      'broken.json: error /data/class syntax',
      'twice.json: error /data/regime duplicate-member',
      'ok.json: ok',
      '4 checked, 3 with errors',
    ]);
    expect(answer.code).toBe(1);
  });

  it('refuses data that no gateway takes for their length', async () => {
    const { lines } = await check(await file('long.json', record({ reason: 'x'.repeat(262_144) })));
    expect(heads(lines)[0]).toBe('long.json: error /data too-long');
  });

  it('judges as the sender that is named, and as a receiver where told', async () => {
    const path = await file('authority.json', record());
    const foreign = await check('--sender', 'US', path);
    expect(heads(foreign.lines)[0]).toBe('authority.json: error /data/enterprise/id foreign-authority');
    const digit = record();
    const { enterprise } = digit.data as { enterprise: { identifiers: object[] } };
    enterprise.identifiers.push({ scheme: 'gacc.uscc', value: '91350100M000100Y44' });
    const wrongDigit = await file('digit.json', digit);
    expect((await check(wrongDigit)).code).toBe(1);
    const receiver = await check('--side', 'receiver', wrongDigit);
    expect(heads(receiver.lines)[0]).toBe(
      'digit.json: warning /data/enterprise/identifiers/1/value uscc-check-digit',
    );
    expect(receiver.code).toBe(0);
  });

  it('checks receipts', async () => {
    const { lines } = await check(await file('receipt.json', { type: 'receipt', data: { receipts: [{}] } }));
    expect(heads(lines)).toContain('receipt.json: error /data/receipts/0/jti missing-member');
  });

  it('prints one JSON line a message with --json', async () => {
    const { lines } = await check('--json', await file('a.json', [record(), record({ occasion: 'whim' })]));
    const read = lines.map((line) => JSON.parse(line));
    expect(read.map(({ place, errors }) => [place, errors.length])).toEqual([
      [' /0', 0],
      [' /1', 1],
    ]);
    expect(read[1].errors[0]).toMatchObject({ pointer: '/data/occasion', code: 'unknown-code' });
  });

  it('ends with another code where the command line is wrong', async () => {
    expect((await check()).code).not.toBe(0);
    expect((await check('--side', 'both', 'x.json')).code).not.toBe(0);
  });
});
