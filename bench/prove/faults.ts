import type { FaultsResult } from '../../test/faults/run-faults.ts';
import { type Claim, equal } from '../claim.ts';
import { runProgram } from '../run-program.ts';

const KILLS = 200;
const MESSAGES = 50_000;
const QUEUES = ['postgres', 'redis'] as const;
const COUNTS = ['lost', 'duplicated', 'reordered', 'unreceipted', 'mismatched'] as const;

/** Nothing is lost, nothing twice, nothing out of order, whatever is killed, cut, frozen or repeated. */
export async function prove(seed: number): Promise<Claim[]> {
  const claims: Claim[] = [];
  for (const queue of QUEUES) {
    const size = ['--kills', String(KILLS), '--messages', String(MESSAGES)];
    const run = [
      'test/faults/run.ts',
      ...size,
      '--seed',
      String(seed),
      '--queue',
      queue,
      '--restores',
      '--json',
    ];
    const { exitCode, result } = await runProgram<FaultsResult>(...run);
    claims.push(
      equal(`${queue}: faults that struck while work was in flight`, KILLS, result.hitInFlight),
      equal(`${queue}: messages accepted`, MESSAGES, result.accepted),
      ...COUNTS.map((count) => equal(`${queue}: ${count}`, 0, result[count])),
      equal(`${queue}: exit code`, 0, exitCode ?? 'killed'),
    );
  }
  return claims;
}
