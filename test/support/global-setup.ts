import { spawn } from 'node:child_process';
import { chmod, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedServer } from '../../src/store/embedded-server.ts';
import { createTemplate } from './template.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL of the run's PostgreSQL, on its database `mra`. */
    postgresUrl: string;
  }
}

/** One PostgreSQL for the whole run, and in it a migrated database that each test file copies. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const over = await watchRun();
  const folder = await createTemporaryFolder();
  // Only tests that do not test durability use this server: what survives a crash is tried on servers of its own.
  const server = await startEmbeddedServer(folder.path, {
    settings: { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', shared_buffers: '64MB' },
  });
  await createTemplate(server.connectionString);
  project.provide('postgresUrl', server.connectionString);
  return async () => {
    await server.close();
    await folder[Symbol.asyncDispose]();
    over();
  };
}

/**
 * Gives the run one folder for all that its tests and their processes put aside, and a watcher that outlives the run:
 * what a run leaves that is killed, it ends and removes.
 *
 * @returns to be called when the run ends in order
 */
async function watchRun(): Promise<() => void> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'mra-run-')));
  await chmod(folder, 0o755);
  process.env.TMPDIR = folder;
  const watcher = spawn(process.execPath, [join(import.meta.dirname, 'end-leftovers.ts'), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watcher.unref();
  return () => watcher.stdin.end();
}
