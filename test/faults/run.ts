import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runFaults } from './run-faults.ts';
import type { QueueKind } from './side.ts';

/** So many findings are told one by one. */
const TOLD_MAX = 20;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '40' },
    messages: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
    /** Where both sides keep their triggers: postgres or redis. */
    queue: { type: 'string', default: 'postgres' },
    /** Restores each side from a backup on the way. */
    restores: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    /** Keeps the folder of both sides, to look into their logs. */
    keep: { type: 'boolean', default: false },
  },
});

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  console.error(`--${name} is a whole number`);
  process.exit(2);
}

function queueOf(text: string): QueueKind {
  if (text === 'postgres' || text === 'redis') return text;
  console.error('--queue is postgres or redis');
  process.exit(2);
}

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

const kills = wholeNumber('kills', values.kills);
const messages = wholeNumber('messages', values.messages);
const folder = await mkdtemp(join(tmpdir(), 'mra-faults-'));
await chmod(folder, 0o755);
const { result, findings, quiet } = await runFaults({
  kills,
  messages,
  seed: wholeNumber('seed', values.seed),
  folder,
  queue: queueOf(values.queue),
  restores: values.restores,
  stop: stop.signal,
  say: (text) => console.log(text),
});
for (const { violation, about, text } of findings.list().slice(0, TOLD_MAX)) {
  console.log(`${violation}: ${about} ${text}`);
}
const all = result.hitInFlight === kills && result.accepted === messages;
const held = all && quiet && findings.list().length === 0;
console.log(held ? 'every invariant holds' : whatFailed());
if (values.keep || !held) console.log(`logs are in ${folder}`);
else await rm(folder, { recursive: true, force: true });
if (values.json) console.log(JSON.stringify(result));
process.exitCode = held ? 0 : 1;

function whatFailed(): string {
  const reasons = [
    ...(quiet ? [] : ['something is still under way']),
    ...(result.hitInFlight === kills ? [] : [`${kills - result.hitInFlight} faults met no work`]),
    ...(result.accepted === messages ? [] : [`${messages - result.accepted} messages were not accepted`]),
  ];
  return [`${findings.list().length} findings`, ...reasons].join('; ');
}
