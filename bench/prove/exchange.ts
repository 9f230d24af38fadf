import type { DemoResult } from '../../src/demo/run-demo.ts';
import { atLeast, atMost, type Claim, equal } from '../claim.ts';
import { proveOutage } from '../outage/prove-outage.ts';
import { runProgram } from '../run-program.ts';

interface BenchResult {
  ceiling: number;
  endToEnd: { messagesPerSecond: number; ratio: number };
  intake: { messagesPerSecond: number };
  latency: { p50Ms: number; p99Ms: number };
  urgentMs: number;
}

/** The first exchange: its speed, the demo at full size, and the backlog of an outage. */
export async function prove(): Promise<Claim[]> {
  const bench = await runProgram<BenchResult>('bench/run.ts', '--json', '--dir', '.mra/prove-bench');
  const demo = await runProgram<DemoResult>('src/cli.ts', 'demo', '--exit', '--json', '--dir', '.mra/prove');
  return [...speed(bench.result), ...story(demo.result, demo.exitCode), ...(await proveOutage())];
}

function speed({ ceiling, endToEnd, intake, latency, urgentMs }: BenchResult): Claim[] {
  const percent = Number((100 * endToEnd.ratio).toFixed(1));
  return [
    atLeast(`acceptance to receipt, of a ceiling of ${ceiling}/s`, 15, percent, ' %'),
    atLeast('signed batch intake', 8000, intake.messagesPerSecond, '/s'),
    atMost('50 single messages/s, accept to delivered, p99', 100, latency.p99Ms, ' ms'),
    atMost('urgent message while 5,000 wait, in the bench', 1000, urgentMs, ' ms'),
  ];
}

function story(result: DemoResult, exitCode: number | null): Claim[] {
  const { messages, delivered, receipted, refused, mismatches, pilot, urgentMs } = result;
  return [
    equal('demo: exit code', 0, exitCode ?? 'killed'),
    equal('demo: records that differ from what was sent', 0, mismatches),
    equal('demo: messages delivered', messages, delivered),
    equal('demo: messages with receipts', messages, receipted),
    equal('demo: messages refused', 0, refused),
    equal('demo: the pilot of 2008, passed and failed', '14 and 2', `${pilot.passed} and ${pilot.failed}`),
    atMost('demo: urgent message while 5,000 wait', 1000, urgentMs, ' ms'),
  ];
}
