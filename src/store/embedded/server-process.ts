import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Place } from './place.ts';

/** What the server wrote about itself in postmaster.pid. The file also outlives a server that was killed. */
export interface ServerFile {
  pid: number;
  socketFolder: string;
}

/** Lines of postmaster.pid: pid, data directory, start time, port, socket directory, … */
export async function readServerFile(place: Place): Promise<ServerFile | undefined> {
  const text = await readFile(serverFile(place), 'utf8').catch(() => '');
  const [pid, , , , socketFolder] = text.split('\n');
  return pid && socketFolder ? { pid: Number(pid), socketFolder } : undefined;
}

/**
 * Whether the server's process lives. If postmaster.pid names a process that is not this server, the file is
 * stale and removed. PostgreSQL tells that by itself but for two cases that containers have: the number now
 * belongs to another process of the same user, or to a dead server that nobody reaps. Should a child of the
 * dead server still live, PostgreSQL sees its shared memory and refuses to start.
 */
export async function isAlive(place: Place): Promise<boolean> {
  const server = await readServerFile(place);
  if (!server) return false;
  const process = await processAt(server.pid);
  if (process && !process.dead && process.command.includes(place.data)) return true;
  await rm(serverFile(place), { force: true });
  return false;
}

function serverFile(place: Place): string {
  return join(place.data, 'postmaster.pid');
}

interface Process {
  command: string;
  /** Ended, but not reaped by its parent. */
  dead: boolean;
}

/** From /proc, or where there is none (macOS) from `ps`. */
async function processAt(pid: number): Promise<Process | undefined> {
  try {
    const [command, stat] = await Promise.all(
      ['cmdline', 'stat'].map((f) => readFile(`/proc/${pid}/${f}`, 'utf8')),
    );
    return { command: command ?? '', dead: /\) [ZX] /.test(stat ?? '') };
  } catch {
    if (process.platform === 'linux') return undefined;
  }
  const ps = promisify(execFile)('ps', ['-ww', '-o', 'stat=,command=', '-p', String(pid)]);
  const line = await ps.then(
    ({ stdout }) => stdout.trim(),
    () => '',
  );
  return line ? { command: line, dead: line.startsWith('Z') } : undefined;
}
