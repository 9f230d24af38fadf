import type { FastifyRequest } from 'fastify';
import type { ReadKind, ReadLog } from '../access/record-reads.ts';
import { principalOf, purposeOf } from '../http/authenticate.ts';

/** Notes that the caller read these partner data; nothing is noted where the answer held none. */
export function noteRead(
  reads: ReadLog,
  request: FastifyRequest,
  what: ReadKind,
  ids: readonly string[],
): void {
  if (ids.length === 0) return;
  reads.record({ principal: principalOf(request).name, purpose: purposeOf(request), what, ids });
}
