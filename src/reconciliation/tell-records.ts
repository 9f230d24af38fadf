import { readMessageData, readVersions } from '../register/read-versions.ts';
import { type StoredVersion, stateAt } from '../register/state-at.ts';
import { subjectKeyText } from '../register/subject-key.ts';
import type { Transaction } from '../store/database.ts';
import { lowestId } from '../store/partitions.ts';
import type { Asked, Register } from './read-records.ts';
import type { ComparedRecord, ComparedVersion } from './record-hash.ts';

/** Records as their messages say: those up to the instant, and after an erasure. */
export async function tellRecords(
  tx: Transaction,
  { link, party }: Register,
  { until, leftOut, erased }: Asked,
  ids: readonly string[],
): Promise<Map<string, ComparedRecord>> {
  const records = new Map<string, ComparedRecord>();
  if (ids.length === 0) return records;
  const keys = ids.map((subject) => ({ link, party, subject }));
  const versions = await readVersions(tx, keys);
  const out = new Set(leftOut);
  const end = firstIdAfter(until);
  const begins = new Map(erased.map(({ id, at }) => [id, firstIdAfter(at)]));
  const states = keys.map((key) => {
    const all = versions.get(subjectKeyText(key)) ?? [];
    const begin = begins.get(key.subject) ?? '';
    const counted = all.filter(({ message }) => message >= begin && message < end && !out.has(message));
    return { id: key.subject, ...stateAt(counted, {}, party), versions: versionsOf(counted) };
  });
  const data = await readMessageData(
    tx,
    states.flatMap(({ details }) => details ?? []),
  );
  for (const { id, details, standing, versions } of states) {
    const said = details && data.get(details.message);
    if (!said && !standing) continue;
    records.set(id, {
      id,
      details: said ?? null,
      detailsVersion: said && details ? details.version : null,
      standing: standing
        ? {
            regime: standing.regime,
            grade: standing.grade,
            status: standing.status,
            since: standing.effective,
            version: standing.version,
          }
        : null,
      versions,
    });
  }
  return records;
}

function versionsOf(versions: readonly StoredVersion[]): ComparedVersion[] {
  return versions
    .filter(({ type, refused }) => !refused && type !== 'validation-result')
    .map(({ version, countsAs, message, effective, regime, grade, status }) => ({
      version,
      countsAs,
      message,
      effective,
      regime,
      grade,
      status,
    }))
    .sort((a, b) => a.version - b.version);
}

/** Ids compare as their text does: hexadecimal in lower case, of one length. */
export function firstIdAfter(until: Date): string {
  return lowestId(new Date(until.getTime() + 1));
}
