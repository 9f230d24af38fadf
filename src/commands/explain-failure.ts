import { AccessError } from '../access/access-error.ts';
import { AuditError } from '../audit/audit-error.ts';
import { BulkError } from '../bulk/bulk-error.ts';
import { ConfigError } from '../config/config-error.ts';
import { DemoError } from '../demo/demo-error.ts';
import { ErasureError } from '../erasure/erasure.ts';
import { KeysError } from '../keys/keys-error.ts';
import { StoreError } from '../store/errors.ts';
import { exitCodes } from './exit-codes.ts';
import { ApiError } from './operator-api.ts';

/**
 * Runs a command. What its user can put right is told in a sentence and ends with an exit code; anything else is a
 * defect and keeps its stack.
 */
export async function explainFailure(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!isExplained(error)) throw error;
    console.error(error.message);
    process.exitCode = codeOf(error);
  }
}

function codeOf(error: Error): number {
  if (error instanceof ApiError) return error.exitCode;
  // The partner takes nothing now: the same goes on later.
  return error instanceof BulkError && error.code === 'outbox-full' ? exitCodes.noAnswer : exitCodes.failed;
}

function isExplained(error: unknown): error is Error {
  return (
    error instanceof ConfigError ||
    error instanceof KeysError ||
    error instanceof StoreError ||
    error instanceof AccessError ||
    error instanceof AuditError ||
    error instanceof ErasureError ||
    error instanceof DemoError ||
    error instanceof ApiError ||
    error instanceof BulkError ||
    // A port that is taken, a file that cannot be read: the system's own words say which.
    (error instanceof Error && 'syscall' in error)
  );
}
