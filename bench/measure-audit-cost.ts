import { fileURLToPath } from 'node:url';
import { startSides } from '../src/demo/start-sides.ts';
import { LoadSource } from './make-load.ts';
import { measureIntake } from './measure-intake.ts';

const WITHOUT = ['--import', fileURLToPath(new URL('./without-audit.ts', import.meta.url))];
const WARM_UP = 3_000;
const ROUNDS = 3;

export interface AuditCost {
  /** Messages a second taken in, signed and durable. */
  withAudit: number;
  withoutAudit: number;
}

/**
 * Intake with the audit as it is, tree and cosignatures on both sides included, and with it taken out of the program.
 * In turns, so that a machine that slows down slows both; the best round of each.
 */
export async function measureAuditCost(folder: string, messages: number): Promise<AuditCost> {
  const best = { withAudit: 0, withoutAudit: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    best.withAudit = Math.max(best.withAudit, await intake(folder, messages, []));
    best.withoutAudit = Math.max(best.withoutAudit, await intake(folder, messages, WITHOUT));
  }
  return best;
}

async function intake(folder: string, messages: number, execArgv: readonly string[]): Promise<number> {
  await using running = await startSides(folder, execArgv);
  const load = new LoadSource(2008);
  await measureIntake(running.sides.CN, load, WARM_UP);
  return await measureIntake(running.sides.CN, load, messages);
}
