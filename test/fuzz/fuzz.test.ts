import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../support/postgres.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { fuzz } from './fuzz.ts';
import { steps } from './steps.ts';

const WITHOUT_SIGNATURES = fileURLToPath(new URL('without-signatures.ts', import.meta.url));

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await createTemporaryFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

describe('the fuzzer', () => {
  it('finds nothing, and every check of the protocol refuses some of its cases', async () => {
    await using db = await createTestDatabase();
    const findings: string[] = [];
    const report = await fuzz({
      cases: 800,
      seed: 20261123,
      tls: true,
      folder: `${folder.path}/product`,
      databaseUrl: db.connectionString,
      onFinding: (finding) => findings.push(finding),
    });
    expect(findings).toEqual([]);
    expect(report).toMatchObject({ cases: 800, serverErrors: 0, crashes: 0, forgeriesAccepted: 0 });
    for (const step of steps) expect(report.reached[step], step).toBeGreaterThanOrEqual(8);
    expect(report.reached.accepted).toBeGreaterThanOrEqual(80);
  }, 90_000);

  it('reports forgeries of a gateway whose check of signatures is taken out', async () => {
    await using db = await createTestDatabase();
    const report = await fuzz({
      cases: 300,
      seed: 20261123,
      tls: true,
      folder: `${folder.path}/blind`,
      databaseUrl: db.connectionString,
      preload: [WITHOUT_SIGNATURES],
    });
    expect(report.forgeriesAccepted).toBeGreaterThan(0);
    expect(report.reached.signature).toBe(0);
  }, 90_000);
});
