import { plainTextArray } from '../store/array-literal.ts';
import type { Transaction } from '../store/database.ts';
import type { SetErr } from './incoming.ts';

export interface KnownMessage {
  id: string;
  sha256: Buffer;
  /** Present where the message was refused: the answer that it got the first time. */
  refusal: SetErr | null;
}

/** Which of these ids the link already holds (protocol step 2). */
export async function findKnown(
  tx: Transaction,
  link: string,
  ids: readonly string[],
): Promise<Map<string, KnownMessage>> {
  const rows = await tx.query<{ id: string; sha256: Buffer; refusal: string | null }>({
    name: 'reception-find-known',
    // The bounds let the planner skip the partitions of other months.
    text: `select id, sha256, refusal from message
           where id = any ($2::uuid[]) and id between $3 and $4 and link = $1 and direction = 'in'`,
    values: [link, plainTextArray(ids), ...bounds(ids)],
  });
  return new Map(
    rows.map((row) => [
      row.id,
      { ...row, refusal: row.refusal === null ? null : (JSON.parse(row.refusal) as SetErr) },
    ]),
  );
}

function bounds(ids: readonly string[]): [string, string] {
  let [least, greatest] = [ids[0] ?? '', ids[0] ?? ''];
  for (const id of ids) {
    if (id < least) least = id;
    if (id > greatest) greatest = id;
  }
  return [least, greatest];
}
