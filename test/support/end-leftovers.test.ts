import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';

const script = join(import.meta.dirname, 'end-leftovers.ts');
const idle = 'setInterval(() => {}, 1000)';

async function gone(child: ChildProcess): Promise<boolean> {
  return Promise.race([once(child, 'exit').then(() => true), delay(10_000, false)]);
}

it('what a test run that was killed with -9 left is ended, and its folder removed', async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'mra-run-')));
  // A run: it starts the watcher as the setup of the tests does, and a server in its folder.
  const run = spawn(process.execPath, [
    '-e',
    `const { spawn } = require('node:child_process');
     spawn(process.execPath, [${JSON.stringify(script)}, ${JSON.stringify(folder)}],
       { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
     console.log('started');
     ${idle}`,
  ]);
  const [server, bystander] = [folder, tmpdir()].map((path) =>
    spawn(process.execPath, ['-e', idle, join(path, 'data')], { stdio: 'ignore' }),
  );
  if (!run.stdout || !server || !bystander) throw new Error('not started');
  await once(run.stdout, 'data');
  await delay(300);
  expect(server.exitCode).toBeNull();
  run.kill('SIGKILL');
  expect(await gone(server)).toBe(true);
  expect(bystander.signalCode).toBeNull();
  bystander.kill('SIGKILL');
  await expect.poll(() => stat(folder).catch(() => 'removed'), { timeout: 5_000 }).toBe('removed');
});
