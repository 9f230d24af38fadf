import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildProgram } from '../../src/commands/program.ts';
import { ask } from '../support/ask.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { recordOf } from '../support/messages.ts';

class Exit extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

let gateway: TestGateway;
let operator: string;
let id: string;

beforeAll(async () => {
  gateway = await startTestGateway('CN', 63);
  operator = await gateway.grant('operator', 'support');
  const token = await gateway.grant('backend', 'support');
  const body = { type: 'enterprise-status', data: recordOf('CN4403960001') };
  const accepted = await ask<{ id: string }>(gateway.internal, { path: '/v1/messages', token, body });
  id = accepted.body.id;
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => {
  vi.stubEnv('MRA_API', gateway.internal);
  vi.stubEnv('MRA_TOKEN', operator);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  process.exitCode = 0;
});

/** What `mra …` prints against the running gateway, and its exit code. */
async function mra(...args: string[]): Promise<{ out: string; err: string; code: number }> {
  const [out, err]: [string[], string[]] = [[], []];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void out.push(line));
  vi.spyOn(console, 'error').mockImplementation((line: string) => void err.push(line));
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(String(text)) > 0);
  process.exitCode = 0;
  let code: number | undefined;
  try {
    await buildProgram((exit) => {
      throw new Exit(exit);
    }).parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    ({ code } = error);
  }
  const result = { out: out.join('\n'), err: err.join('\n'), code: code ?? Number(process.exitCode) };
  vi.restoreAllMocks();
  return result;
}

const park = () =>
  gateway.db.sql(
    `update outbox set parked_at = now(), parked_reason = 'partner answers 500' where lane <> 'control'`,
  );

describe('mra', () => {
  it('status says with its exit code whether an alert stands, in JSON for scripts and as a table for people', async () => {
    await park();
    // What stands is looked up at most once a second.
    await expect.poll(async () => (await mra('status')).code, { timeout: 5_000 }).toBe(3);
    const { overview, alerts } = JSON.parse((await mra('status', '--json')).out);
    expect(overview.links).toMatchObject([{ id: 'us-cbp', out: { parked: 1 } }]);
    expect(alerts).toMatchObject([{ code: 'message-parked', message: id }]);
    const { out } = await mra('status', '--table');
    expect(out).toMatch(/^LINK +OUT +WAITING/);
    expect(out).toContain('1 parked, 0 refused');
    expect(out).toContain('CRITICAL');
  });

  it('messages find looks for names and states, one a line in a pipe', async () => {
    await expect.poll(async () => (await mra('messages', 'find', '恒达电子')).out).toContain(id);
    expect(JSON.parse((await mra('messages', 'find', '--state', 'parked')).out)).toMatchObject({
      id,
      state: 'parked',
    });
    expect(JSON.parse((await mra('messages', 'find', '--state', 'parked', '--count')).out)).toMatchObject({
      count: 1,
    });
    expect((await mra('messages', 'find', '--table')).out).toContain('深圳恒达电子有限公司');
    expect((await mra('messages', 'find', '--state', 'refused', '--table')).out).toBe('No message fits.');
    expect(JSON.parse((await mra('messages', 'show', id, '--evidence')).out)).toMatchObject({
      signature: { ok: true },
    });
  });

  it('lanes says why a lane waits, and pauses, resumes and triggers it', async () => {
    const { lane } = JSON.parse((await mra('lanes')).out);
    expect((await mra('lanes', 'list', '--table')).out).toContain(
      'the one that waits is parked, for an operator',
    );
    expect((await mra('lanes', 'pause', 'us-cbp', lane, '--reason', 'a test')).out).toContain('is paused');
    expect(JSON.parse((await mra('lanes')).out)).toMatchObject({ lane, state: 'paused' });
    expect((await mra('lanes', 'resume', 'us-cbp', lane)).code).toBe(0);
    expect(await mra('lanes', 'trigger', 'us-cbp', 'x')).toMatchObject({
      code: 1,
      err: expect.stringContaining('no lane x'),
    });
  });

  it('retry and withdraw do all that fit as a job, after saying how many', async () => {
    await park();
    expect((await mra('retry', '--error', '500', '--dry-run')).out).toBe(
      '1 messages of 1 enterprises fit, on us-cbp.',
    );
    expect(await mra('retry', '--all')).toMatchObject({ code: 2, err: expect.stringContaining('--reason') });
    expect(await mra('retry')).toMatchObject({ code: 2, err: expect.stringContaining('--all') });
    expect((await mra('retry', '--error', '500', '--reason', 'mended')).out).toContain(
      'done: 1 done, 0 could not be.',
    );
    expect(await mra('withdraw', id, '--reason', 'x')).toMatchObject({
      out: 'No parked message fits.',
      code: 1,
    });
    await park();
    expect((await mra('withdraw', '--all', '--reason', 'sent twice')).out).toContain('second person');
  });

  it('alerts are listed, acknowledged, muted and noted on', async () => {
    await park();
    const alertId = async (): Promise<string> =>
      JSON.parse((await mra('alerts')).out.split('\n')[0] ?? '{}').id;
    await expect.poll(alertId, { timeout: 5_000 }).toMatch(/^message-parked\./);
    const alert = await alertId();
    expect((await mra('alerts', 'acknowledge', alert, '--note', 'on it')).out).toBe(`${alert}: acknowledged`);
    const until = new Date(Date.now() + 3_600_000).toISOString();
    expect((await mra('alerts', 'mute', alert, '--until', until, '--reason', 'known')).out).toBe(
      `${alert}: muted`,
    );
    expect((await mra('alerts', 'unmute', alert)).out).toBe(`${alert}: acknowledged`);
    expect((await mra('alerts', 'list', '--table')).out).toContain('critical (acknowledged)');
    expect((await mra('status')).code).toBe(0);
    expect((await mra('notes', 'add', 'they call back at noon')).out).toMatch(/^Left as /);
    const notes = (await mra('notes')).out.split('\n').map((line) => JSON.parse(line).text);
    expect(notes).toEqual(['they call back at noon', 'on it']);
  });

  it('quarantine, link and watch speak to the same gateway', async () => {
    expect(await mra('quarantine', 'list', '--json')).toMatchObject({
      out: '',
      err: 'Nothing is in the quarantine.',
      code: 0,
    });
    expect(JSON.parse((await mra('link')).out)).toMatchObject({
      id: 'us-cbp',
      out: { state: expect.any(String) },
    });
    expect((await mra('link', 'list', '--table')).out).toMatch(/^LINK +OUT +WAITING/);
    expect((await mra('link', 'pause', 'us-cbp', '--reason', 'a test')).out).toBe(
      'The link us-cbp is paused.',
    );
    expect((await mra('link', 'resume', 'us-cbp')).out).toBe('The link us-cbp is resumed.');
    expect(JSON.parse((await mra('watch', '--once', '--json')).out)).toMatchObject({
      event: 'overview',
      data: { party: 'CN' },
    });
  });

  it('says in a sentence what is wrong, with an exit code for each kind', async () => {
    expect((await mra('jobs', 'show', '019a0000-0000-7000-8000-000000000000')).code).toBe(1);
    vi.stubEnv('MRA_TOKEN', 'mra_wrong');
    expect(await mra('status')).toMatchObject({ code: 5, err: expect.stringContaining('not valid') });
    vi.stubEnv('MRA_TOKEN', '');
    expect(await mra('lanes')).toMatchObject({ code: 5, err: expect.stringContaining('MRA_TOKEN') });
    vi.stubEnv('MRA_TOKEN', 'mra_wrong');
    vi.stubEnv('MRA_API', 'http://127.0.0.1:1');
    expect(await mra('lanes')).toMatchObject({ code: 4, err: expect.stringContaining('No gateway answers') });
    expect((await mra('lanes', 'pause')).code).toBe(2);
    expect((await mra('status', '--json', '--table')).code).toBe(2);
  });

  it('completes in bash, zsh and fish what there is', async () => {
    const script = (await mra('completion', 'bash')).out;
    const complete = (line: string) =>
      execFileSync(
        'bash',
        [
          '-c',
          `${script}\nCOMP_WORDS=(${line} ''); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); _mra; echo "\${COMPREPLY[@]}"`,
        ],
        { encoding: 'utf8' },
      );
    expect(complete('mra')).toContain('status');
    expect(complete('mra lanes')).toMatch(/list pause resume trigger/);
    expect(complete('mra messages find')).toContain('--state');
    expect((await mra('completion', 'zsh')).out).toContain('#compdef mra');
    expect((await mra('completion', 'fish')).out).toContain("complete -c mra -n '__mra_at lanes' -a pause");
    expect((await mra('completion', 'tcsh')).code).toBe(2);
  });

  it('says in a pipe, beside the rows, that nothing waits', async () => {
    await gateway.db.sql('update lane set paused = false');
    await gateway.db.sql('delete from outbox');
    const none = 'Nothing waits in any lane. --all shows every lane.';
    expect(await mra('lanes')).toEqual({ out: '', err: none, code: 0 });
    expect((await mra('lanes', '--table')).out).toBe(none);
    expect((await mra('lanes', '--all')).out.split('\n').length).toBeGreaterThan(7);
  });

  it('approvals, jobs and the audit log are listed and decided on as in the console', async () => {
    const waiting = JSON.parse((await mra('approvals')).out);
    expect(waiting).toMatchObject({ state: 'waiting', kind: expect.stringContaining('withdraw') });
    // Nobody releases what they asked for.
    expect(await mra('approvals', 'approve', waiting.id)).toMatchObject({ code: 5 });
    expect((await mra('jobs', 'list', '--table')).out).toMatch(/^STATE +ACT +DONE/);
    expect((await mra('approvals', 'reject', waiting.id)).out).toContain('It will not be done.');
    expect(await mra('approvals')).toMatchObject({ out: '', err: 'No act is waiting.' });
    const [job] = (await mra('jobs')).out.split('\n').map((line) => JSON.parse(line));
    expect(JSON.parse((await mra('jobs', 'show', job.id)).out)).toMatchObject({ id: job.id, kind: job.kind });

    expect((await mra('audit', 'entries')).code).toBe(5);
    vi.stubEnv('MRA_TOKEN', await gateway.grant('auditor'));
    const kinds = async (...filters: string[]) =>
      (await mra('audit', 'entries', ...filters)).out
        .split('\n')
        .map((line) => JSON.parse(line).content.kind);
    await expect.poll(() => kinds('--kind', 'access-granted')).toContain('access-granted');
    await expect.poll(() => kinds('--message', id)).toContain('message-accepted');
    expect((await mra('audit', 'checkpoints', '--table')).out).toMatch(/^LOG +SIZE +COSIGNED BY/);
    expect((await mra('audit', 'reads')).code).toBe(0);
  });

  it('shows examples in the help of each command', () => {
    const program = buildProgram((code) => {
      throw new Exit(code);
    });
    const leaves = (command: Command): Command[] =>
      command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
    for (const command of leaves(program)) {
      let help = '';
      command.configureOutput({
        writeOut: (text) => {
          help += text;
        },
      });
      command.outputHelp();
      expect(help, command.name()).toMatch(/Examples?:\n {2}(mra|source)/);
    }
  });
});

it('is one program: bin/mra knows the commands', () => {
  const help = execFileSync(join(import.meta.dirname, '../../bin/mra'), ['--help'], { encoding: 'utf8' });
  for (const name of [
    'status',
    'messages',
    'lanes',
    'quarantine',
    'retry',
    'withdraw',
    'link',
    'keys',
    'audit',
    'access',
    'watch',
    'jobs',
    'approvals',
  ]) {
    expect(help).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'));
  }
});
