import { startEmbeddedServer } from '../../src/store/embedded-server.ts';
import { steps } from '../../test/fuzz/steps.ts';
import type { FuzzReport } from '../../test/fuzz/tally.ts';
import { createTemporaryFolder } from '../../test/support/temporary-folder.ts';
import { atLeast, atMost, type Claim, equal } from '../claim.ts';
import { runProgram } from '../run-program.ts';
import { measureWorthlessBatches } from './measure-worthless-batches.ts';
import { askAudit } from './npm-audit.ts';

const CASES = 200_000;
/** What the heap of a process under load moves by from minute to minute. */
const RSS_GROWTH_MIB_MAX = 64;

/** Hostile input at full size, and what it costs. */
export async function proveHostileInput(seed: number): Promise<Claim[]> {
  const fuzzed = await runProgram<FuzzReport>(
    'test/fuzz/run.ts',
    ...['--cases', String(CASES), '--seed', String(seed), '--json'],
  );
  return [...zeros(fuzzed.result, fuzzed.exitCode), ...(await cheapness()), auditClaim()];
}

function zeros(report: FuzzReport, exitCode: number | null): Claim[] {
  const { cases, serverErrors, crashes, forgeriesAccepted, rssGrowthMb, reached } = report;
  const percent = (count = 0) => Number(((100 * count) / cases).toFixed(2));
  const least = Math.min(...steps.map((step) => percent(reached[step])));
  return [
    equal('fuzz: cases', CASES, cases),
    equal('fuzz: answers of 5xx', 0, serverErrors),
    equal('fuzz: ends of the process', 0, crashes),
    equal('fuzz: forgeries believed', 0, forgeriesAccepted),
    equal('fuzz: exit code', 0, exitCode ?? 'killed'),
    atMost('fuzz: growth of resident memory', RSS_GROWTH_MIB_MAX, rssGrowthMb, ' MiB'),
    atLeast('fuzz: the check of the protocol that refuses least often', 1, least, ' %'),
    atLeast('fuzz: cases accepted', 10, percent(reached.accepted), ' %'),
  ];
}

async function cheapness(): Promise<Claim[]> {
  await using folder = await createTemporaryFolder();
  await using server = await startEmbeddedServer(`${folder.path}/database`);
  const cost = await measureWorthlessBatches(`${folder.path}/gateway`, server.connectionString);
  return [
    atMost('CPU for a SET of a forged batch, gateway and database', 1, rounded(cost.forgedMsPerSet), ' ms'),
    atMost(
      'CPU for a SET of a replayed batch, gateway and database',
      1,
      rounded(cost.replayedMsPerSet),
      ' ms',
    ),
  ];
}

const rounded = (ms: number): number => Number(ms.toFixed(3));

/** A registry that answers no audits proves nothing, and the claim says so. */
function auditClaim(): Claim {
  const outcome = askAudit();
  const claim = 'npm audit: high and critical';
  if (!outcome.checked) return { claim, required: '0', measured: `not checked: ${outcome.why}`, held: false };
  return equal(claim, 0, outcome.high + outcome.critical);
}
