import { execFile } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/**
 * Waits until the test run that started it is over, by its standard input, which the kernel closes however the run
 * ended (also by `kill -9`). Then it ends what the run left behind: every process whose command names the run's
 * folder, and the folder. A database that lost its run is stopped without a checkpoint: nobody needs it again.
 */
const [, , folder = ''] = process.argv;
if (!/mra-run-\w+$/.test(folder)) throw new Error('the folder of a test run is missing');

/** PostgreSQL ends its children first; what is still there after this is killed. */
const PATIENCE_MS = 2_000;

process.stdin.resume();
process.stdin.once('end', async () => {
  for (const { pid, command } of await leftovers()) {
    end(pid, /postgres/.test(command.split(' ', 1)[0] ?? '') ? 'SIGQUIT' : 'SIGKILL');
  }
  const deadline = Date.now() + PATIENCE_MS;
  while ((await leftovers()).length > 0 && Date.now() < deadline) await delay(50);
  for (const { pid } of await leftovers()) end(pid, 'SIGKILL');
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

interface Leftover {
  pid: number;
  command: string;
}

async function leftovers(): Promise<Leftover[]> {
  const all = process.platform === 'linux' ? await fromProc() : await fromPs();
  return all.filter(({ pid, command }) => pid !== process.pid && command.includes(folder));
}

async function fromProc(): Promise<Leftover[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(
    pids.map(async (pid) => {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return { pid: Number(pid), command: command.replaceAll('\0', ' ') };
    }),
  );
}

async function fromPs(): Promise<Leftover[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axww', '-o', 'pid=,command=']);
  return stdout.split('\n').flatMap((line) => {
    const [, pid, command] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
    return pid && command ? [{ pid: Number(pid), command }] : [];
  });
}

function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself.
  }
}
