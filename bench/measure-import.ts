import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'csv-stringify';
import { cellsOf, columns } from '../src/bulk/columns.ts';
import { generateEnterprises } from '../src/demo/generate-enterprises.ts';
import { prepareSides } from '../src/demo/prepare-sides.ts';
import { CLI } from '../src/demo/start-side.ts';

export interface ImportFigures {
  seconds: number;
  messages: number;
  wrong: number;
  /** Of the same file again. */
  unchanged: number;
  peakMb: number;
  /** Most memory in the last third of the run over that of the middle third: 1 is flat. */
  growth: number;
}

interface Run {
  seconds: number;
  /** MB, five times a second. */
  memory: number[];
  counts: { messages: number; unchanged: number; wrong: number };
}

const PORT_OFFSET = 400;

/** Imports a CSV into an empty register by the command, as an operator does, and once more when nothing differs. */
export async function measureImport(lines: number, seed: number): Promise<ImportFigures> {
  const folder = '.mra/prove-import';
  await mkdir(folder, { recursive: true });
  const { CN } = await prepareSides(folder, PORT_OFFSET);
  const file = join(folder, 'register.csv');
  await pipeline(
    Readable.from(rows(lines, seed)),
    stringify({ record_delimiter: '\r\n' }),
    createWriteStream(file),
  );
  const first = await runImport(file, CN.config);
  const second = await runImport(file, CN.config);
  const third = Math.floor(first.memory.length / 3);
  const middle = Math.max(...first.memory.slice(third, 2 * third));
  const last = Math.max(...first.memory.slice(2 * third));
  return {
    seconds: first.seconds,
    messages: first.counts.messages,
    wrong: first.counts.wrong,
    unchanged: second.counts.unchanged,
    peakMb: Math.max(...first.memory),
    growth: Math.round((100 * last) / middle) / 100,
  };
}

function* rows(lines: number, seed: number): Generator<string[]> {
  yield columns.map(({ name }) => name);
  for (const { latest } of generateEnterprises('CN', seed, lines)) yield cellsOf(latest);
}

async function runImport(file: string, config: string): Promise<Run> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [CLI, 'import', file, '--config', config, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const over = { now: false };
  void ended.then(() => {
    over.now = true;
  });
  const memory: number[] = [];
  while (!over.now) {
    const resident = await residentMb(child.pid ?? 0);
    if (resident !== undefined) memory.push(resident);
    await Promise.race([ended, delay(200)]);
  }
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  return { seconds, memory, counts: JSON.parse(output) as Run['counts'] };
}

/** Linux only; elsewhere nothing is known of it. */
async function residentMb(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kb = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  return kb === undefined ? undefined : Math.round(Number(kb) / 1_024);
}
