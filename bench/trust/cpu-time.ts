import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second. */
const TICK_MS = 10;

interface ProcessTimes {
  parent: number;
  /** Its own and that of children that have ended, milliseconds. */
  cpuMs: number;
}

/** CPU that these processes and their children have taken so far, milliseconds; undefined where there is no /proc. */
export function cpuTimeMs(roots: readonly number[]): number | undefined {
  const all = readProcesses();
  if (!all) return undefined;
  let sum = 0;
  for (const [pid, { parent, cpuMs }] of all) if (roots.includes(pid) || roots.includes(parent)) sum += cpuMs;
  return sum;
}

export function parentOf(pid: number): number | undefined {
  return readProcesses()?.get(pid)?.parent;
}

function readProcesses(): Map<number, ProcessTimes> | undefined {
  let names: string[];
  try {
    names = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return undefined;
  }
  return new Map(
    names.flatMap((name): [number, ProcessTimes][] => {
      try {
        // After the name in parentheses, which may hold anything: state, ppid, …, utime, stime, cutime, cstime.
        const fields = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
        const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
        return [[Number(name), { parent: Number(fields[1]), cpuMs: ticks * TICK_MS }]];
      } catch {
        // It ended meanwhile.
        return [];
      }
    }),
  );
}
