import { spawnSync } from 'node:child_process';
import { env } from 'node:process';

/** Why rules of Prometheus cannot be played through here; undefined where they can. In CI they must. */
export const promtoolMissing =
  spawnSync('promtool', ['--version']).status === 0 ? undefined : 'promtool is not installed';
if (promtoolMissing && env.CI === 'true')
  throw new Error(`the rules of Prometheus must be tested in CI: ${promtoolMissing}`);

/** Runs promtool. @returns its exit code and what it printed */
export function promtool(...words: string[]): { code: number | null; out: string } {
  const { status, stdout, stderr } = spawnSync('promtool', words, { encoding: 'utf8' });
  return { code: status, out: `${stdout}${stderr}` };
}
