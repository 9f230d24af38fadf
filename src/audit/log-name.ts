/**
 * A party has one log a year, named by it; `2026-2` where the first of that year had to be given up. The origin of a
 * checkpoint is the party's name with the log's behind it: `mra.customs.example/audit/2026`.
 */
export function isLogName(name: string): boolean {
  return /^2\d{3}(?:-[2-9])?$/.test(name);
}

/** The log of an instant: a log that is not of an earlier year goes on, whatever the clock says. */
export function logAt(now: Date, latest: string | undefined): string {
  const year = String(now.getUTCFullYear());
  return latest !== undefined && latest.slice(0, 4) >= year ? latest : year;
}

/** The log after one that had to be given up. */
export function logAfter(log: string): string {
  const [year = '', number = '1'] = log.split('-');
  return `${year}-${Number(number) + 1}`;
}

/** @returns the log's name of an origin of that party, undefined for another origin */
export function logOfOrigin(party: string, origin: string): string | undefined {
  if (!origin.startsWith(`${party}/`)) return undefined;
  const log = origin.slice(party.length + 1);
  return isLogName(log) ? log : undefined;
}
