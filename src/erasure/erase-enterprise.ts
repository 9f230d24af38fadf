import type { Database, Transaction } from '../store/database.ts';
import { eraseSubject } from './erase-subject.ts';
import type { Erased, Erasure } from './erasure.ts';
import { appendToErasureList, readErasureList } from './erasure-list.ts';

/** The erasing transaction may go through the whole log. */
const RETRIES = 3;

/** Erases, in a transaction of its own; see eraseWithin. */
export function eraseEnterprise(database: Database, listFile: string, erasure: Erasure): Promise<Erased> {
  return database.transaction((tx) => eraseWithin(tx, listFile, erasure), { retries: RETRIES });
}

/**
 * Erases in a transaction of the caller's, such as that of an approval, and puts the erasure on the list that outlives
 * every backup. The list comes before the commit: a crash in between leaves an erasure on it that the store has not
 * seen, which the next start does.
 */
export async function eraseWithin(tx: Transaction, listFile: string, erasure: Erasure): Promise<Erased> {
  const erased = await eraseSubject(tx, erasure);
  const listed = readErasureList(listFile);
  if (!listed.some((known) => isSame(known, erasure))) appendToErasureList(listFile, [erasure]);
  return erased;
}

/**
 * Brings the store and the list together, at every start: what the list has and the store has not was undone by a
 * restore and is erased again; what the store has and the list has not is put on it.
 *
 * @returns what was erased again
 */
export async function eraseAgain(database: Database, listFile: string): Promise<Erasure[]> {
  const listed = readErasureList(listFile);
  const known = await database.query<Erasure>({
    name: 'erasure-known',
    text: 'select subject, at, reason, by from erased_enterprise order by at',
    values: [],
  });
  appendToErasureList(
    listFile,
    known.filter((erasure) => !listed.some((each) => isSame(each, erasure))),
  );
  const undone = listed.filter((erasure) => !known.some((each) => isSame(each, erasure)));
  for (const erasure of undone) {
    await database.transaction((tx) => eraseSubject(tx, erasure, { again: true }), { retries: RETRIES });
  }
  return undone;
}

function isSame(a: Erasure, b: Erasure): boolean {
  return a.subject === b.subject && a.at.getTime() === b.at.getTime();
}
