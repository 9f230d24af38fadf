import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { roles } from '../../src/access/roles.ts';
import { sessionStore } from '../../src/access/sessions.ts';
import { hashToken, isTokenShaped, newToken } from '../../src/access/tokens.ts';
import { appendEntries } from '../../src/audit/append-entries.ts';
import { addAccessCommand } from '../../src/commands/access.ts';
import { addMigrateCommand } from '../../src/commands/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

let db: TestDatabase;
let folder: TemporaryFolder;
const output: string[] = [];
const errors: string[] = [];
beforeAll(async () => {
  db = await createTestDatabase();
  folder = await createTemporaryFolder();
  const link = {
    id: 'us-cbp',
    partner: 'US',
    issuer: 'https://mra.cbp.example',
    exchangeUrl: 'http://127.0.0.1:8802',
    jwks: 'keys/partners/us-cbp.jwks.json',
  };
  const config = {
    party: 'CN',
    issuer: 'https://mra.customs.example',
    dataDir: 'data',
    database: { url: db.connectionString },
    links: [link],
  };
  await writeFile(join(folder.path, 'mra.config.json'), JSON.stringify(config));
});
afterAll(async () => {
  await db.close();
  await folder[Symbol.asyncDispose]();
});
beforeEach(() => {
  output.length = 0;
  errors.length = 0;
  // The test's server does not fsync, of which every opening warns.
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.spyOn(console, 'log').mockImplementation((text) => void output.push(String(text)));
  vi.spyOn(console, 'error').mockImplementation((text) => void errors.push(String(text)));
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

async function mra(...args: string[]): Promise<void> {
  const program = new Command()
    .exitOverride()
    .configureOutput({ writeErr: (text) => void errors.push(text) });
  addAccessCommand(program);
  addMigrateCommand(program);
  for (const command of program.commands.flatMap((c) => [c, ...c.commands])) {
    command.exitOverride().configureOutput({ writeErr: (text) => void errors.push(text) });
  }
  await program.parseAsync([...args, '--config', join(folder.path, 'mra.config.json')], { from: 'user' });
}

const entries = async () =>
  (await db.sql<{ content: string }>('select content from audit_pending')).map((row) =>
    JSON.parse(row.content),
  );

describe('mra access', () => {
  it('grants a token, prints it once and keeps its hash, with an audit entry', async () => {
    await mra(
      'access',
      'grant',
      '--name',
      'risk-engine',
      '--role',
      'backend',
      '--purpose',
      'risk-assessment',
      '--link',
      'us-cbp',
    );
    const [token = ''] = output;
    expect(output).toHaveLength(1);
    expect(isTokenShaped(token)).toBe(true);
    const [row] = await db.sql(`select * from access_token where name = 'risk-engine'`);
    expect(row).toMatchObject({
      role: 'backend',
      scopes: [...roles.backend],
      purpose: 'risk-assessment',
      link: 'us-cbp',
      sha256: hashToken(token),
      expires_at: null,
      revoked_at: null,
    });
    expect(await entries()).toContainEqual(
      expect.objectContaining({
        kind: 'access-granted',
        name: 'risk-engine',
        actor: expect.stringMatching(/^cli:/),
      }),
    );
    await mra('access', 'list');
    await mra('access', 'list', '--json');
    expect(output.slice(1).join()).toContain('risk-engine');
    expect(output.slice(1).join()).not.toContain(token);
  });

  it('grants exactly the scopes that are named, until the day that is named', async () => {
    await mra(
      'access',
      'grant',
      '--name',
      'n',
      '--role',
      'backend',
      '--scope',
      'messages:read',
      '--scope',
      'register:read',
      '--expires',
      '2099-01-01',
      '--json',
    );
    expect(JSON.parse(output[0] ?? '')).toMatchObject({
      name: 'n',
      scopes: ['messages:read', 'register:read'],
    });
    const [row] = await db.sql(`select expires_at from access_token where name = 'n'`);
    expect(row).toEqual({ expires_at: new Date('2099-01-01T00:00:00Z') });
  });

  it('revokes by name, once, with an audit entry; the name stays taken', async () => {
    await mra('access', 'grant', '--name', 'leaver', '--role', 'operator');
    await mra('access', 'revoke', 'leaver');
    expect(output.at(-1)).toBe('Revoked leaver.');
    expect(await entries()).toContainEqual(
      expect.objectContaining({ kind: 'access-revoked', name: 'leaver' }),
    );
    await mra('access', 'revoke', 'leaver');
    expect(process.exitCode).toBe(1);
    expect(errors.at(-1)).toContain('no token leaver in force');
    await mra('access', 'grant', '--name', 'leaver', '--role', 'operator');
    expect(errors.at(-1)).toContain('The name leaver is taken');
    await mra('access', 'list', '--json');
    const listed = output
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line))
      .findLast((token: { name: string }) => token.name === 'leaver');
    expect(listed).toMatchObject({ state: 'revoked' });
  });

  it('shows who is logged in and logs somebody out, once, with an audit entry', async () => {
    await mra('access', 'sessions');
    expect(errors.at(-1)).toBe('Nobody is logged in.');
    const now = new Date();
    await sessionStore(db.database, appendEntries).open(
      { id: 'wang.min', name: 'wang.min', role: 'operator', scopes: new Set(roles.operator) },
      now,
    );
    await mra('access', 'sessions', '--json');
    const [{ id, name }] = [JSON.parse(output.at(-1) ?? '')];
    expect(name).toBe('wang.min');
    await mra('access', 'end-session', id);
    expect(output.at(-1)).toBe(`Ended ${id}.`);
    expect(await entries()).toContainEqual(
      expect.objectContaining({ kind: 'sessions-closed', of: 'wang.min', count: 1 }),
    );
    await mra('access', 'end-session', id);
    expect(process.exitCode).toBe(1);
    expect(errors.at(-1)).toContain('mra access sessions shows them');
  });

  it('refuses a link that is not configured', async () => {
    await mra('access', 'grant', '--name', 'x', '--role', 'reader', '--link', 'nowhere');
    expect(process.exitCode).toBe(1);
    expect(errors.at(-1)).toMatch(/There is no link nowhere .* us-cbp/);
  });

  it.each([
    ['an unknown role', ['--name', 'x', '--role', 'king']],
    ['an unknown scope', ['--name', 'x', '--role', 'reader', '--scope', 'everything']],
    ['an unknown purpose', ['--name', 'x', '--role', 'reader', '--purpose', 'marketing']],
    ['no name', ['--role', 'reader']],
    ['a name that would confuse the logs', ['--name', 'a\nb', '--role', 'reader']],
    ['an end in the past', ['--name', 'x', '--role', 'reader', '--expires', '2020-01-01']],
    ['an end that is no date', ['--name', 'x', '--role', 'reader', '--expires', 'soon']],
  ])('refuses %s as wrong usage', async (_, args) => {
    await expect(mra('access', 'grant', ...args)).rejects.toMatchObject({
      code: expect.stringMatching(/^commander\./),
    });
    expect(await db.sql(`select 1 from access_token where name = 'x'`)).toEqual([]);
  });

  it('has tokens of 256 random bits', () => {
    expect(newToken()).not.toBe(newToken());
    expect(Buffer.from(newToken().slice('mra_'.length), 'base64url')).toHaveLength(32);
  });
});

describe('mra migrate', () => {
  it('says what it applied, or that there was nothing to do', async () => {
    await mra('migrate');
    expect(output).toEqual(['The schema is current.']);
  });

  it('says in a sentence what keeps it from it, and exits with 1', async () => {
    await db.sql(`insert into schema_migration (number, name, sha256) values (9999, '9999-future', 'x')`);
    await mra('migrate');
    expect(process.exitCode).toBe(1);
    expect(errors).toEqual([expect.stringMatching(/9999-future.*a newer program was here/)]);
  });
});
