import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { startEmbeddedServer } from '../../src/store/embedded-server.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

let folder: TemporaryFolder;
const children: ChildProcess[] = [];
beforeAll(async () => {
  folder = await createTemporaryFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
  await (await startEmbeddedServer(folder.path)).close();
});

/** A gateway's worth of use, in a process of its own. */
async function holder(): Promise<{ child: ChildProcess; url: string }> {
  const script = fileURLToPath(new URL('./hold-server.ts', import.meta.url));
  const child = spawn(process.execPath, [script, folder.path], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  if (!child.stdout) throw new Error('no output');
  const [url] = await once(createInterface(child.stdout), 'line');
  return { child, url };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function leave(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.stdin?.end();
  expect(await exited).toEqual([0, null]);
}

const pidFile = () => join(folder.path, 'postgres/data/postmaster.pid');

async function postmaster(): Promise<number | undefined> {
  const text = await readFile(pidFile(), 'utf8').catch(() => '');
  return text ? Number(text.split('\n')[0]) : undefined;
}

async function sql(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

describe('the embedded server', () => {
  it('keeps full durability, UTF-8, a password and no TCP', async () => {
    await using server = await startEmbeddedServer(folder.path);
    const [settings] = await sql(
      server.connectionString,
      `select ${['fsync', 'full_page_writes', 'synchronous_commit', 'listen_addresses', 'jit', 'TimeZone']
        .map((name) => `current_setting('${name}') as "${name}"`)
        .join(', ')}, getdatabaseencoding() as encoding, lower('ÄÉ') as folded,
        (select array_agg(distinct auth_method) from pg_hba_file_rules) as login`,
    );
    expect(settings).toEqual({
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      listen_addresses: '',
      jit: 'off',
      TimeZone: 'UTC',
      encoding: 'UTF8',
      folded: 'äé',
      login: ['scram-sha-256'],
    });
    const modes = await Promise.all(['postgres', 'postgres/password'].map((f) => stat(join(folder.path, f))));
    expect(modes.map((found) => found.mode & 0o777)).toEqual([0o700, 0o600]);
    const wrong = server.connectionString.replace(/mra:[^@]*@/, 'mra:guess@');
    await expect(sql(wrong, 'select 1')).rejects.toThrow('password authentication failed');
  });

  it('outlives a gateway that is killed, and the next one adopts it with all that was committed', async () => {
    const first = await holder();
    await sql(first.url, 'create table adopted (n int); insert into adopted values (7)');
    const pid = await postmaster();
    await kill(first.child);
    await using next = await startEmbeddedServer(folder.path);
    expect(await postmaster()).toBe(pid);
    expect(await sql(next.connectionString, 'select n from adopted')).toEqual([{ n: 7 }]);
  });

  it('is one server for processes that start at the same time', async () => {
    const holders = await Promise.all([holder(), holder(), holder()]);
    expect(new Set(holders.map((h) => h.url)).size).toBe(1);
  });

  it('is stopped by the last that leaves, not before', async () => {
    const other = await holder();
    const server = await startEmbeddedServer(folder.path);
    await server.close();
    expect(await sql(other.url, 'select 1 as n')).toEqual([{ n: 1 }]);
    await leave(other.child);
    await expect(access(pidFile())).rejects.toThrow('ENOENT');
  });

  it('is stopped by one of two that leave at the same time', async () => {
    const [a, b] = await Promise.all([holder(), holder()]);
    await Promise.all([leave(a.child), leave(b.child)]);
    await expect(access(pidFile())).rejects.toThrow('ENOENT');
  });

  it('recovers what was committed when it is killed itself', async () => {
    const first = await holder();
    await sql(first.url, 'create table recovered as select generate_series(1, 1000) as n');
    await kill(first.child);
    process.kill((await postmaster()) ?? 0, 'SIGKILL');
    await using next = await startEmbeddedServer(folder.path);
    expect(await sql(next.connectionString, 'select count(*)::int as n from recovered')).toEqual([
      { n: 1000 },
    ]);
  });

  it('comes back when it is killed under a living gateway', async () => {
    await using server = await startEmbeddedServer(folder.path);
    await using database = openDatabase(server.connectionString);
    const one = { name: 'one', text: 'select 1 as n', values: [] };
    await database.query(one);
    const pid = (await postmaster()) ?? 0;
    process.kill(pid, 'SIGKILL');
    await delay(200);
    await expect.poll(() => database.query(one).catch(() => 'down'), { timeout: 15_000 }).toEqual([{ n: 1 }]);
    expect(await postmaster()).not.toBe(pid);
  });

  it('starts although its stale postmaster.pid names a living process of another kind', async () => {
    const url = await startEmbeddedServer(folder.path).then(async (server) => {
      await server.close();
      return server.connectionString;
    });
    const socketFolder = new URLSearchParams(url.split('?')[1]).get('host');
    await writeFile(pidFile(), [process.pid, 'x', 0, 5432, socketFolder, '', 0, 'ready'].join('\n'));
    await using server = await startEmbeddedServer(folder.path);
    expect(await sql(server.connectionString, 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  it('starts anew when its data were removed while it ran, although initdb crashed at first', async () => {
    const first = await holder();
    const old = (await postmaster()) ?? 0;
    await kill(first.child);
    await rm(join(folder.path, 'postgres/data'), { recursive: true });
    await mkdir(join(folder.path, 'postgres/data.partial/base'), { recursive: true });
    await using server = await startEmbeddedServer(folder.path);
    expect(await postmaster()).not.toBe(old);
    expect(await sql(server.connectionString, 'select 1 as n')).toEqual([{ n: 1 }]);
    process.kill(old, 'SIGQUIT');
  });

  it('has a socket that fits, however deep the data directory lies', async () => {
    const deep = join(folder.path, ...Array.from({ length: 6 }, () => 'd'.repeat(40)));
    await using server = await startEmbeddedServer(deep);
    expect(await sql(server.connectionString, 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  it('refuses data of another PostgreSQL with a sentence that says what to do', async () => {
    const older = join(folder.path, 'older');
    await mkdir(join(older, 'postgres/data'), { recursive: true });
    await writeFile(join(older, 'postgres/data/PG_VERSION'), '17\n');
    await expect(startEmbeddedServer(older)).rejects.toMatchObject({
      code: 'embedded',
      message: expect.stringMatching(/PostgreSQL 17.*pg_upgrade/),
    });
  });
});
