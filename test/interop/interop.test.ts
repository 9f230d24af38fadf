import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeExport } from '../../src/audit/export/write-export.ts';
import { type AuditedPair, createAuditedPair } from '../audit/log/audited-side.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

/** Go where it is on the path, where its own installer puts it, or where Debian's older one lies. */
const path = [process.env.PATH ?? '', '/usr/local/go/bin', '/usr/lib/go-1.19/bin'].join(delimiter);
const env = { ...process.env, PATH: path };
const required = process.env.CI !== undefined && process.env.CI !== '';
const works = (command: string, ...args: string[]): boolean => spawnSync(command, args, { env }).status === 0;

let pair: AuditedPair;
let folder: TemporaryFolder;
/** A larger log and an empty-handed one, exported. */
let dirs: string[];
beforeAll(async () => {
  pair = await createAuditedPair();
  folder = await createTemporaryFolder();
  const { cn, us } = pair;
  dirs = [];
  // Sizes at which tiles of one and of two levels are empty, partial and full.
  for (const [n, size] of [1, 255, 256, 257, 700].entries()) {
    await cn.append(size - (await cn.size()));
    await cn.sequence();
    await cn.publish();
    const dir = join(folder.path, String(n));
    const keys = { log: cn.keys.log.verifier, witnesses: new Map([['us', us.keys.witness.verifier]]) };
    await writeExport(cn.db.database, '2026', keys, dir);
    dirs.push(dir);
  }
}, 60_000);
afterAll(async () => {
  await pair[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const go = buildGo();

/** As a module where the proxy is there; else with the packages of Debian, whose x/mod stands in a GOPATH. */
function buildGo(): { program: string } | { missing: string } {
  const cwd = join(import.meta.dirname, 'go');
  const program = join(import.meta.dirname, '../../.mra/interop/verify-export');
  if (!works('go', 'version')) return { missing: 'there is no go command' };
  const asModule = spawnSync('go', ['build', '-o', program, '.'], {
    cwd,
    env,
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (asModule.status === 0) return { program };
  const debian = { ...env, GO111MODULE: 'off', GOFLAGS: '', GOPATH: '/usr/share/gocode' };
  const inGopath = spawnSync('go', ['build', '-o', program, '.'], {
    cwd,
    env: debian,
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (inGopath.status === 0) return { program };
  return { missing: `go cannot build the verifier: ${asModule.stderr.slice(0, 300)}` };
}

const python = works('python3', '--version') && works('openssl', 'version');
const missing = 'missing' in go ? go.missing : undefined;
const absent = [
  ...(missing ? [`verification by Go is left out: ${missing}`] : []),
  ...(python ? [] : ['verification by Python is left out: python3 and openssl are needed']),
];
for (const reason of absent) console.warn(`interop: ${reason}`);

it('the tools of others are here, where they are required', () => {
  expect(required ? absent : []).toEqual([]);
});

const verifiers = [
  {
    name: 'golang.org/x/mod/sumdb',
    here: !missing,
    run: (dir: string) => spawnSync('program' in go ? go.program : 'go', [dir], { encoding: 'utf8' }),
  },
  {
    name: 'Python and openssl',
    here: python,
    run: (dir: string) =>
      spawnSync('python3', [join(import.meta.dirname, 'python/verify_export.py'), dir], { encoding: 'utf8' }),
  },
];

describe.each(verifiers.filter(({ here }) => here))('$name', ({ run }) => {
  it('verifies our exports, at sizes where tiles are partial and full', async () => {
    for (const dir of dirs) {
      const [, size, root] = (await readFile(join(dir, 'checkpoint'), 'utf8')).split('\n');
      const { stdout, stderr, status } = run(dir);
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toContain(`ok customs.example/audit/2026 ${size} ${root} cosigned 1`);
    }
  });

  it.each([
    ['checkpoint', 60],
    ['verifier-keys', 60],
    ['tile/entries/001', 100],
    ['tile/entries/002.p/188', 9_000],
    ['tile/0/001', 8_000],
    ['tile/0/002.p/188', 17],
    ['tile/1/000.p/2', 40],
  ])('finds a bit flipped in %s', async (file, at) => {
    const path = join(dirs.at(-1) ?? '', file);
    const bytes = await readFile(path);
    const flipped = Buffer.from(bytes);
    flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
    await writeFile(path, flipped);
    expect(run(dirs.at(-1) ?? '').status).toBe(1);
    await writeFile(path, bytes);
  });
});
