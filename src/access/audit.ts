import type { Transaction } from '../store/database.ts';

/** Appends entries to the audit log in the transaction of what they record. */
export type Audit = (
  tx: Transaction,
  contents: readonly { kind: string; [member: string]: unknown }[],
  at: Date,
) => Promise<void>;
