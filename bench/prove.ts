import { readdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Claim, Proof } from './claim.ts';

/**
 * Runs the requirements that are measured, at full size: `npm run prove -- [topic…] [--seed N] --json`. Each topic is a file in
 * prove/. Exits 1 when a claim does not hold, 2 for a topic that does not exist.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, seed: { type: 'string', default: '2008' } },
});

const folder = new URL('prove/', import.meta.url);
const topics = (await readdir(folder)).map((file) => file.replace(/\.ts$/, '')).sort();
const wanted = positionals.length > 0 ? positionals : topics;
const unknown = wanted.filter((topic) => !topics.includes(topic));

if (!Number.isSafeInteger(Number(values.seed))) {
  console.error('--seed is a whole number.');
  process.exitCode = 2;
} else if (unknown.length > 0) {
  console.error(`There is no topic ${unknown.join(', ')}; there are: ${topics.join(', ')}.`);
  process.exitCode = 2;
} else {
  await prove();
}

async function prove(): Promise<void> {
  const proven: Record<string, readonly Claim[]> = {};
  for (const topic of wanted) {
    console.log(`\n${topic}`);
    const { prove: run } = (await import(new URL(`${topic}.ts`, folder).href)) as Proof;
    const claims = await run(Number(values.seed));
    for (const claim of claims) print(claim);
    proven[topic] = claims;
  }
  const held = Object.values(proven).every((claims) => claims.every((claim) => claim.held));
  if (values.json) console.log(JSON.stringify({ held, topics: proven }));
  if (!held) process.exitCode = 1;
}

function print({ claim, required, measured, held }: Claim): void {
  console.log(
    `  ${held ? 'held    ' : 'NOT HELD'}  ${claim.padEnd(58)}  required ${required}, measured ${measured}`,
  );
}
