import { readFile } from 'node:fs/promises';
import { verifyExport } from '../src/audit/export/verify-export.ts';

/** A process of its own, so that its memory is that of the verification: prints {ms, mib, size, faults}. */
const [dir = '', policy = ''] = process.argv.slice(2);
const startedAt = performance.now();
const { size, faults } = await verifyExport(dir, await readFile(policy));
const ms = Math.round(performance.now() - startedAt);
console.log(
  JSON.stringify({ ms, mib: Math.round(process.resourceUsage().maxRSS / 1024), size, faults: faults.length }),
);
