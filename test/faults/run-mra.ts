import { execFile } from 'node:child_process';
import { environmentForChild } from '../../src/config/env.ts';
import { CLI } from '../../src/demo/start-side.ts';

export interface CommandResult {
  code: number;
  said: string;
}

const TIMEOUT_MS = 120_000;

/** Runs an operator's command of a side. */
export function runMra(config: string, ...words: string[]): Promise<CommandResult> {
  return new Promise((resolve) => {
    const options = { env: environmentForChild() as NodeJS.ProcessEnv, timeout: TIMEOUT_MS };
    execFile(process.execPath, [CLI, ...words, '--config', config], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, said: `${stdout}${stderr}`.trim() });
    });
  });
}
