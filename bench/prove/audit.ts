import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeExport } from '../../src/audit/export/write-export.ts';
import { proveMessage } from '../../src/audit/prove-message.ts';
import type { Database } from '../../src/store/database.ts';
import { atLeast, atMost, type Claim, equal } from '../claim.ts';
import { LOG, LOG_KEY, messageOf, openLargeLog } from '../make-large-log.ts';
import { measureAuditCost } from '../measure-audit-cost.ts';
import { measureEntryLatency } from '../measure-entry-latency.ts';
import { runProgram } from '../run-program.ts';

const FOLDER = '.mra/prove-audit';
const ENTRIES = 1_000_000;
const PROOFS = 200;

/** What the audit costs, and what it takes to verify a log of a million entries. */
export async function prove(): Promise<Claim[]> {
  const cost = await measureAuditCost(join(FOLDER, 'intake'), 30_000);
  const latency = join(FOLDER, 'latency');
  await rm(latency, { recursive: true, force: true });
  const p99 = await measureEntryLatency(latency, 2_000, 20);
  const { proofMs, verified } = await largeLog();
  const share = Number(((100 * cost.withAudit) / cost.withoutAudit).toFixed(1));
  const rates = `${Math.round(cost.withAudit)}/s of ${Math.round(cost.withoutAudit)}/s`;
  return [
    atLeast(`intake with audit, of intake without: ${rates}`, 85, share, ' %'),
    atMost('entry in a signed tree at 2,000 entries/s, p99', 500, p99, ' ms'),
    atMost('verify of 1,000,000 entries', 30, verified.ms / 1_000, ' s'),
    atMost('verify of 1,000,000 entries, memory', 300, verified.mib, ' MiB'),
    equal(
      'verify of 1,000,000 entries: faults in its entries',
      `0 in ${ENTRIES}`,
      `${verified.faults} in ${verified.size}`,
    ),
    atMost('proof of one message in a log of 1,000,000, p99 of 200', 50, proofMs, ' ms'),
  ];
}

interface Verified {
  ms: number;
  mib: number;
  size: number;
  faults: number;
}

async function largeLog(): Promise<{ proofMs: number; verified: Verified }> {
  await using store = await openLargeLog(join(FOLDER, 'log'), ENTRIES);
  const dir = join(FOLDER, 'export');
  if (!existsSync(join(dir, 'checkpoint'))) {
    await rm(dir, { recursive: true, force: true });
    await writeExport(store.database, LOG, { log: LOG_KEY.verifier, witnesses: new Map() }, dir);
  }
  const proofMs = await proofLatency(store.database);
  const { result } = await runProgram<Verified>('bench/verify-large-export.ts', dir, join(dir, 'policy'));
  return { proofMs, verified: result };
}

async function proofLatency(database: Database): Promise<number> {
  const times: number[] = [];
  // The first proof also prepares the statements; a process that proves one message pays for that too.
  for (let n = 0; n < PROOFS; n++) {
    const message = messageOf(Math.floor((ENTRIES * (n + 0.5)) / PROOFS));
    const startedAt = performance.now();
    await proveMessage(database, message);
    times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  return Number((times[Math.ceil(PROOFS * 0.99) - 1] ?? Number.NaN).toFixed(1));
}
