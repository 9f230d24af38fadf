import { spawn } from 'node:child_process';

export interface ProgramResult<T> {
  exitCode: number | null;
  /** The last line of its output, read as JSON. */
  result: T;
}

/** Runs a program of this project as a user would and reads its last line; what it says on the way is shown. */
export async function runProgram<T>(...command: readonly string[]): Promise<ProgramResult<T>> {
  const { exitCode, output } = await runToEnd(command);
  const last = output.trim().split('\n').at(-1) ?? '';
  try {
    return { exitCode, result: JSON.parse(last) as T };
  } catch (cause) {
    throw new Error(`${command.join(' ')} ended with ${exitCode} and said: ${last}`, { cause });
  }
}

/** @returns how it ended, whatever it says */
export async function exitCodeOf(...command: readonly string[]): Promise<number | null> {
  return (await runToEnd(command)).exitCode;
}

async function runToEnd(command: readonly string[]): Promise<{ exitCode: number | null; output: string }> {
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { exitCode, output };
}
