import { parseArgs } from 'node:util';
import { startEmbeddedServer } from '../../src/store/embedded-server.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { fuzz } from './fuzz.ts';

/**
 * `npm run fuzz -- --cases N --seed S [--plain] --json`: mutated SETs, pushes, polls and submissions over real HTTP.
 * Exits 1 when the gateway answered with a 5xx, went down, or believed a forgery.
 */
const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    plain: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const [cases, seed] = [Number(values.cases), Number(values.seed)];
if (!Number.isSafeInteger(cases) || cases < 1 || !Number.isSafeInteger(seed)) {
  console.error('--cases is a whole number from 1, --seed a whole number.');
  process.exit(2);
}

await using folder = await createTemporaryFolder();
// Nothing here has to survive the machine.
const settings = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' };
await using server = await startEmbeddedServer(`${folder.path}/database`, { settings });
console.log(`${cases} cases of seed ${seed}, ${values.plain ? 'without TLS' : 'over mutual TLS'}`);
const startedAt = performance.now();
const report = await fuzz({
  cases,
  seed,
  tls: !values.plain,
  folder: `${folder.path}/gateway`,
  databaseUrl: server.connectionString,
  onFinding: (finding) => console.log(finding),
  onProgress: (done) => console.log(`${done} cases in ${seconds()} s`),
});
for (const [step, count] of Object.entries(report.reached)) {
  console.log(
    `  ${step.padEnd(20)} ${String(count).padStart(7)}  ${((100 * count) / report.cases).toFixed(1)} %`,
  );
}
console.log(`${report.cases} cases in ${seconds()} s`);
if (values.json) console.log(JSON.stringify(report));
if (report.serverErrors + report.crashes + report.forgeriesAccepted > 0) process.exitCode = 1;

function seconds(): number {
  return Math.round((performance.now() - startedAt) / 1000);
}
