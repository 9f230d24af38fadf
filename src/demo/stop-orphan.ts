import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/** In a side's folder: the process id of its gateway. */
export const PID_FILE = 'gateway.pid';

const ENDS_IN_MS = 20_000;

/**
 * Ends the gateway that an earlier demo left behind when it was killed: only a process that runs this very
 * side's configuration, whatever has the number by now.
 */
export async function stopOrphan(folder: string): Promise<void> {
  const pid = Number(await readFile(join(folder, PID_FILE), 'utf8').catch(() => ''));
  if (!Number.isSafeInteger(pid) || pid <= 1) return;
  const config = join(folder, 'mra.config.json');
  if (!(await commandOf(pid)).includes(config)) return;
  process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + ENDS_IN_MS;
  while ((await commandOf(pid)).includes(config)) {
    if (Date.now() > deadline) {
      process.kill(pid, 'SIGKILL');
      return;
    }
    await delay(100);
  }
}

/** Empty where there is no such process, or no `ps`. */
async function commandOf(pid: number): Promise<string> {
  const ps = promisify(execFile)('ps', ['-o', 'args=', '-p', String(pid)]);
  return ps.then(
    ({ stdout }) => stdout,
    () => '',
  );
}
