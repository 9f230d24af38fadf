import { generateEnterprise } from '../../src/demo/generate-enterprises.ts';
import { randomOf } from '../../src/demo/random.ts';
import { atLeast, atMost, type Claim, equal } from '../claim.ts';
import { measureImport } from '../measure-import.ts';
import { measureRecognition, WARM_UP_SECONDS } from '../measure-recognition.ts';
import { measureReconciliation } from '../measure-reconciliation.ts';
import { measureSearch } from '../measure-search.ts';
import { exitCodeOf } from '../run-program.ts';
import { MILLION } from '../stores/make-register.ts';
import { startBoth } from '../stores/start-both.ts';
import { startRegister } from '../stores/start-register.ts';

const PER_SECOND = 2_000;
const SECONDS = 20;
const SEARCHES = 600;
const HISTORIES = 150;
const LINES = 100_000;
const HIDDEN = 1_000;

/**
 * The register at full size. Gateways, their databases and the load run as processes of their own; recognition and
 * search are asked with the partner away, reconciliation is between two gateways over mutual TLS.
 */
export async function prove(): Promise<Claim[]> {
  const claims: Claim[] = [];
  {
    await using side = await startRegister('US');
    const random = randomOf(MILLION.seed, 'questions');
    const ids = Array.from(
      { length: PER_SECOND * (WARM_UP_SECONDS + SECONDS) },
      () => generateEnterprise('CN', MILLION.seed, random.integer(0, MILLION.cn - 1)).id,
    );
    const asked = await measureRecognition(side, ids, PER_SECOND, SECONDS);
    const found = await measureSearch(side, MILLION.cn, MILLION.seed, SEARCHES);
    claims.push(
      atLeast('recognition at 1,000,000 enterprises, answered', 0.99 * PER_SECOND, asked.perSecond, '/s'),
      atMost('recognition at that rate, p99', 5, asked.p99Ms, ' ms'),
      equal('recognition: wrong answers', 0, asked.wrong),
      atLeast('recognition: operators recognised among them', 1, asked.recognised),
      atMost(
        `search there, p95 (slowest ${found.slowest.ms} ms: ${found.slowest.query})`,
        50,
        found.p95Ms,
        ' ms',
      ),
      equal('search: enterprises looked for and not found', 0, found.missed),
    );
  }
  claims.push(...(await proveReconciliation()));
  const imported = await measureImport(LINES, MILLION.seed);
  claims.push(
    atMost('import of 100,000 lines', 60, imported.seconds, ' s'),
    equal(
      'import: messages, and lines unchanged when imported again',
      `${LINES} and ${LINES}`,
      `${imported.messages} and ${imported.unchanged}`,
    ),
    atMost(
      `import: memory of the last third over the middle one (peak ${imported.peakMb} MB)`,
      1.25,
      imported.growth,
    ),
  );
  const histories = await runHistories();
  claims.push(
    equal(
      `${HISTORIES} random histories in any order, twice: both registers equal, every time right`,
      0,
      histories,
    ),
  );
  return claims;
}

async function proveReconciliation(): Promise<Claim[]> {
  await using both = await startBoth();
  const found = await measureReconciliation(both.sides, HIDDEN);
  return [
    atLeast('reconciliation: records compared', MILLION.cn + MILLION.us, found.records),
    equal('reconciliation of equal registers, outcome', EQUAL, found.outcome),
    atMost('reconciliation of both registers, from the request to the end', 60, found.seconds, ' s'),
    atMost('reconciliation, on the wire', 1_000_000, found.bytes, ' bytes'),
    equal(
      `reconciliation: of ${HIDDEN} hidden differences (cells altered, rows extra, enterprises and versions missing), repaired`,
      HIDDEN,
      found.repaired,
    ),
    equal(`reconciliation after the repair, which took ${found.repairSeconds} s`, EQUAL, found.afterwards),
  ];
}

const EQUAL = 'own equal, partner equal';

/** @returns the exit code of the property test */
async function runHistories(): Promise<number> {
  process.env.REGISTER_HISTORIES = String(HISTORIES);
  const test = 'test/register/history-property.test.ts';
  return (await exitCodeOf('node_modules/vitest/vitest.mjs', 'run', '--project', 'main', test)) ?? -1;
}
