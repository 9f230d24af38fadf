import type { EnterpriseStatus } from '../contract/messages.ts';
import type { Database } from '../store/database.ts';
import type { ReadTime } from './read-time.ts';
import { readMessageData, readVersions } from './read-versions.ts';
import type { StoredVersion } from './state-at.ts';
import { type SubjectKey, subjectKeyText } from './subject-key.ts';
import { byRank, type HistoryStep, tellHistory } from './tell-history.ts';

export interface HistoryPage {
  steps: HistoryStep[];
  /** Rank of the last step where more follow. */
  next: HistoryPlace | undefined;
}

export interface HistoryPlace {
  countsAs: number;
  version: number;
}

/**
 * The steps of one enterprise in the order in which they count, oldest first.
 *
 * @param time with `asOf`, the history as it was known then; with `on`, the steps in effect by that day
 * @returns undefined where nothing of the subject was known
 */
export async function readHistory(
  database: Database,
  key: SubjectKey,
  { on, asOf }: ReadTime,
  { limit, after }: { limit: number; after?: HistoryPlace },
): Promise<HistoryPage | undefined> {
  const all = (await readVersions(database, [key], asOf)).get(subjectKeyText(key))?.sort(byRank);
  if (!all) return undefined;
  const asked = all.filter(
    (version) =>
      (on === undefined || version.effective === null || version.effective <= on) &&
      (after === undefined || isAfter(version, after)),
  );
  const page = asked.slice(0, limit);
  const [first] = page;
  const before = first && lastRecordBefore(all, first);
  const data = await readMessageData(database, before ? [...page, before] : page);
  const last = page.at(-1);
  return {
    steps: tellHistory(
      page.map((version) => ({ version, data: data.get(version.message) ?? null })),
      all,
      before && (data.get(before.message) as EnterpriseStatus | undefined),
    ),
    next: last && asked.length > page.length ? last : undefined,
  };
}

function isAfter(version: HistoryPlace, place: HistoryPlace): boolean {
  return (
    version.countsAs > place.countsAs ||
    (version.countsAs === place.countsAs && version.version > place.version)
  );
}

function lastRecordBefore(all: readonly StoredVersion[], first: StoredVersion): StoredVersion | undefined {
  return all.findLast(
    (version) => byRank(version, first) < 0 && version.type === 'enterprise-status' && !version.refused,
  );
}
