import { parseArgs } from 'node:util';
import { startSides } from '../src/demo/start-sides.ts';
import { LoadSource } from './make-load.ts';
import { type Ceiling, measureCeiling } from './measure-ceiling.ts';
import { BOTH, measureEndToEnd } from './measure-end-to-end.ts';
import { measureIntake } from './measure-intake.ts';
import { type Latency, measureLatency } from './measure-latency.ts';
import { measureUrgent } from './measure-urgent.ts';

/** The first messages run on code that is not compiled yet and on empty caches. */
const WARM_UP = 3000;
const ROUNDS = 3;

interface Figures {
  ceiling: Ceiling;
  /** Messages a second. */
  endToEnd: number;
  bothWays: number;
  intake: number;
  latency: Latency;
  urgentMs: number;
  waiting: number;
}

async function measure(seed: number, messages: number, folder: string): Promise<Figures> {
  say('ceiling: one signature and one verification');
  const ceiling = measureCeiling();
  await using running = await startSides(folder);
  const { sides } = running;
  const load = new LoadSource(seed);
  say('warming up');
  await measureEndToEnd(sides, load, WARM_UP, BOTH);
  say('50 single messages a second, for 20 s');
  const latency = await measureLatency(sides.CN, load);
  say(`acceptance to receipt, ${ROUNDS} times ${messages} messages`);
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await measureEndToEnd(sides, load, messages));
  say('the same, both ways at once');
  const bothWays = await measureEndToEnd(sides, load, messages, BOTH);
  say('an urgent message while others wait');
  const { urgentMs, waiting } = await measureUrgent(sides, load);
  say('intake alone');
  const intake = await measureIntake(sides.CN, load, messages);
  return { ceiling, endToEnd: median(rounds), bothWays, intake, latency, urgentMs, waiting };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const say = (text: string): void => console.error(`  ${text} …`);

const whole = (n: number): string => Math.round(n).toLocaleString('en-US');

function print({ ceiling, endToEnd, bothWays, intake, latency, urgentMs, waiting }: Figures): void {
  const percent = (n: number): string =>
    `${((100 * n) / ceiling.messagesPerSecond).toFixed(1)} % of the ceiling`;
  const { cores, signsPerSecond, verifiesPerSecond, messagesPerSecond } = ceiling;
  console.log(`
  ceiling                ${whole(messagesPerSecond)}/s  ${cores} cores, ${whole(signsPerSecond)} signatures/s and ${whole(verifiesPerSecond)} verifications/s each
  acceptance to receipt  ${whole(endToEnd)}/s  ${percent(endToEnd)}
    both ways at once    ${whole(bothWays)}/s  ${percent(bothWays)}
  intake alone           ${whole(intake)}/s
  accept to delivered    p50 ${latency.p50Ms} ms, p99 ${latency.p99Ms} ms  at 50 messages/s
  urgent                 ${urgentMs} ms  while ${whole(waiting)} waited
`);
}

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seed: { type: 'string', default: '2008' },
    messages: { type: 'string', default: '20000' },
    dir: { type: 'string', default: '.mra/bench' },
  },
});
const figures = await measure(Number(values.seed), Number(values.messages), values.dir);
print(figures);
if (values.json) {
  const { ceiling, endToEnd, bothWays, intake, latency, urgentMs } = figures;
  const ratio = Number((endToEnd / ceiling.messagesPerSecond).toFixed(4));
  console.log(
    JSON.stringify({
      ceiling: ceiling.messagesPerSecond,
      endToEnd: { messagesPerSecond: Math.round(endToEnd), ratio, bothWays: Math.round(bothWays) },
      intake: { messagesPerSecond: Math.round(intake) },
      latency,
      urgentMs,
    }),
  );
}
