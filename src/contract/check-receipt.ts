import { checkShape } from './check-shape.ts';
import type { Issue } from './issue.ts';
import type { Receipt } from './messages.ts';

/** Whether data are a receipt (protocol.md 4); `receipt` is there exactly when nothing is wrong with it. */
export function checkReceipt(data: unknown): { receipt?: Receipt; errors: Issue[] } {
  const shaped = checkShape('receipt', data);
  return shaped.errors === undefined ? { receipt: shaped.data, errors: [] } : { errors: shaped.errors };
}
