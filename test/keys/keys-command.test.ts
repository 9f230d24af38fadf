import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addKeysCommand } from '../../src/commands/keys.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await createTemporaryFolder();
  write('cn', 'CN', 'us-cbp', 'US');
  write('us', 'US', 'cn-gacc', 'CN');
});
afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  await folder[Symbol.asyncDispose]();
});

function write(name: string, party: string, id: string, partner: string): void {
  const issuer = (p: string) => `https://mra.${p.toLowerCase()}.example`;
  const link = {
    id,
    partner,
    issuer: issuer(partner),
    exchangeUrl: 'http://127.0.0.1:1',
    jwks: `${name}/${id}.jwks.json`,
  };
  const config = { party, issuer: issuer(party), keys: { private: `${name}/private` }, links: [link] };
  writeFileSync(join(folder.path, `${name}.json`), JSON.stringify(config));
}

/** Runs `mra keys …` of one side as from a shell. */
async function run(
  side: 'cn' | 'us',
  ...words: string[]
): Promise<{ out: string; err: string; code: number }> {
  const out: string[] = [];
  const err: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((text) => void out.push(String(text)));
  vi.spyOn(console, 'error').mockImplementation((text) => void err.push(String(text)));
  const program = new Command('mra')
    .exitOverride()
    .configureOutput({ writeErr: (text) => void err.push(text) });
  addKeysCommand(program);
  for (const command of program.commands.flatMap((child) => [child, ...child.commands]))
    command.copyInheritedSettings(program);
  process.exitCode = undefined;
  try {
    await program.parseAsync(['keys', '--config', join(folder.path, `${side}.json`), ...words], {
      from: 'user',
    });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { out: out.join('\n'), err: err.join('\n'), code: error.exitCode };
  }
  return { out: out.join('\n'), err: err.join('\n'), code: Number(process.exitCode ?? 0) };
}

describe('mra keys', () => {
  it('makes, exports, pins and lists keys, and both sides then show the same thumbprint', async () => {
    const made = await run('cn', 'generate', '--kid', 'cn-first');
    expect(made.code).toBe(0);
    const thumbprint = made.out.match(/[\w-]{43}/)?.[0] ?? '';
    const jwks = join(folder.path, 'handed-over.json');
    const exported = await run('cn', 'export', '--out', jwks);
    expect(exported).toMatchObject({ out: '', code: 0 });
    expect(exported.err).toContain(thumbprint);
    const pinned = await run('us', 'import', 'cn-gacc', jwks, '--thumbprint', thumbprint);
    expect(pinned).toMatchObject({ code: 0, err: '' });
    const own = JSON.parse((await run('cn', 'list', '--json')).out);
    const listed = await run('us', 'list');
    expect(own).toMatchObject({ link: '', kid: 'cn-first', alg: 'ES256', thumbprint, notAfter: null });
    expect(JSON.parse(listed.out)).toEqual({ ...own, link: 'cn-gacc' });
    expect(listed.err).toContain('none of our own');
    expect((await run('us', 'list', '--table')).out).toMatch(/^WHOSE +KID.*\ncn-gacc +cn-first +sig +ES256/);
  });

  it('prints a JWKS without private members on standard output alone', async () => {
    await run('cn', 'generate', '--alg', 'Ed25519');
    const { out } = await run('cn', 'export');
    expect(JSON.parse(out).keys.map((key: object) => Object.keys(key))).toEqual([
      ['kty', 'crv', 'x', 'kid', 'alg', 'use', 'nbf'],
    ]);
  });

  it('pins nothing when the thumbprint typed is another', async () => {
    const jwks = join(folder.path, 'handed-over.json');
    await run('cn', 'generate');
    await run('cn', 'export', '--out', jwks);
    const { err, code } = await run('us', 'import', 'cn-gacc', jwks, '--thumbprint', 'A'.repeat(43));
    expect({ err, code }).toEqual({
      err: expect.stringContaining('read it out over another channel'),
      code: 1,
    });
    expect(await run('us', 'list', '--json')).toMatchObject({
      out: '',
      err: expect.stringContaining('None is pinned for cn-gacc'),
    });
  });

  it('ends with 1 and a reason where there is no such link, no key, or no configuration', async () => {
    expect(await run('us', 'import', 'us-cbp', 'x.json', '--thumbprint', 'A')).toMatchObject({
      err: expect.stringContaining('it has: cn-gacc'),
      code: 1,
    });
    expect(await run('us', 'import', 'cn-gacc', 'none.json', '--thumbprint', 'A')).toMatchObject({
      err: expect.stringContaining('does not exist'),
      code: 1,
    });
    expect(await run('us', 'export')).toMatchObject({
      err: expect.stringContaining('mra keys generate'),
      code: 1,
    });
    writeFileSync(join(folder.path, 'us.json'), '{"party":"EU"}');
    expect(await run('us', 'list')).toMatchObject({
      err: expect.stringContaining('/issuer: is missing'),
      code: 1,
    });
  });

  it('refuses a wrong use of itself', async () => {
    expect((await run('cn', 'generate', '--alg', 'RS256')).err).toContain(
      'Allowed choices are ES256, Ed25519',
    );
    expect((await run('us', 'import', 'cn-gacc', 'x.json')).err).toContain('--thumbprint');
  });

  it('writes private keys that only their owner can read', async () => {
    await run('us', 'generate', '--kid', 'us-first');
    const file = join(folder.path, 'us/private/us-first.jwk.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8')).jwk.d).toHaveLength(43);
  });
});
