import type { Party } from '../../contract/party.ts';
import type { Database } from '../../store/database.ts';
import { currentRecords, type EnterpriseRecord, recordsAt } from '../read-enterprise.ts';
import type { ReadTime } from '../read-time.ts';
import { type IdentityTerms, identityTerms, type SearchFilter, standsAsAsked } from './search-filter.ts';

/** One register to look through: what a party states on a link. */
export interface Shelf {
  link: string;
  party: Party;
}

/** Where a page ended: the next begins after it. */
export interface SearchPlace extends Shelf {
  /** The review date where the search is ordered by it, else the hash of the id; empty before the first. */
  at: string;
  subject: string;
}

export interface SearchPage {
  records: EnterpriseRecord[];
  /** Absent at the end. With `on` or `asOf` a page may hold fewer than asked for, and more follow. */
  next: SearchPlace | undefined;
}

/** With `on` or `asOf`, how many enterprises one page looks at: each costs a look at its versions. */
const CANDIDATES_MAX = 1_000;

/**
 * Enterprises that fit, shelf by shelf; by date where a review date is asked for, else in an order that is always the
 * same and says nothing. Who is looked for is found by what is known now; how it stands is judged at the time asked for.
 *
 * @param shelves in the order of the pages
 * @throws NameTooShort
 */
export async function findEnterprises(
  database: Database,
  shelves: readonly Shelf[],
  filter: SearchFilter,
  time: ReadTime,
  { limit, after }: { limit: number; after?: SearchPlace | undefined },
): Promise<SearchPage> {
  const past = time.on !== undefined || time.asOf !== undefined;
  const terms = identityTerms(filter);
  const ordered = isByReview(filter, time);
  const records: EnterpriseRecord[] = [];
  let looked = 0;
  const start = after ? shelves.findIndex((s) => s.link === after.link && s.party === after.party) : 0;
  for (const shelf of shelves.slice(Math.max(start, 0))) {
    let place = after && shelf.link === after.link && shelf.party === after.party ? after : undefined;
    for (;;) {
      const wanted = past ? Math.min(CANDIDATES_MAX, 4 * limit) : limit - records.length + 1;
      const found = await findOn(database, shelf, past ? {} : filter, terms, ordered, place, wanted);
      const judged = past ? await recordsAt(database, found, time) : await currentRecords(database, found);
      const fitting = new Map(judged.filter((r) => standsAsAsked(r, filter)).map((r) => [r.id, r]));
      for (const one of found) {
        if (records.length === limit) return { records, next: place ?? { ...shelf, at: '', subject: '' } };
        const record = fitting.get(one.id);
        if (record) records.push(record);
        place = { ...shelf, at: one.at, subject: one.id };
      }
      looked += found.length;
      if (found.length < wanted) break;
      if (past && looked >= CANDIDATES_MAX) return { records, next: place };
    }
  }
  return { records, next: undefined };
}

/** Whether pages go by the review date: what they are ordered by is in their cursors. */
export function isByReview({ reviewFrom, reviewUntil }: SearchFilter, { on, asOf }: ReadTime): boolean {
  return on === undefined && asOf === undefined && (reviewFrom !== undefined || reviewUntil !== undefined);
}

interface Found extends Shelf {
  id: string;
  at: string;
}

/** Words of a name that have a condition each, which an index can serve; `like all`, for the rest of them, none does. */
const INDEXED_WORDS = 6;

/**
 * The plan depends on how common what is asked for is, so each search is planned for its own values. Walking the places
 * reads another page for each enterprise: counted as if it were in memory, it is chosen for a name that a thousand of a
 * million bear and takes half a second, where the index of names takes 30 ms.
 */
const PLANNING = `set local plan_cache_mode = force_custom_plan; set local effective_cache_size = '8MB'`;

async function findOn(
  database: Database,
  { link, party }: Shelf,
  { regime, grade, status, reviewFrom, reviewUntil }: SearchFilter,
  { keys, latin, native }: IdentityTerms,
  ordered: boolean,
  after: SearchPlace | undefined,
  limit: number,
): Promise<Found[]> {
  const order = ordered ? 'd.next_review_due' : 'd.place';
  // The longest words are the rarest.
  const words = latin.toSorted((a, b) => b.length - a.length);
  const indexed = Array.from({ length: INDEXED_WORDS }, (_, n) => words[n] ?? null);
  const rest = words.slice(INDEXED_WORDS);
  return database.transaction(async (tx) => {
    await tx.execute(PLANNING);
    return tx.query<Found>({
      name: ordered ? 'search-find-by-review' : 'search-find',
      text: `select d.link, d.party, d.subject as id, ${order}::text as at
             from enterprise_search d
             where d.link = $1 and d.party = $2
               and ($3::text[] is null or d.keys @> $3) and ($4::text[] is null or d.latin like all ($4))
               and ($5::text is null or d.native like $5)
               and ($6::text is null or d.regime = $6) and ($7::text is null or d.grade = $7)
               and ($8::text is null or d.status = $8)
               and ($9::date is null or d.next_review_due >= $9)
               and ($10::date is null or d.next_review_due <= $10)
               and ($11::text is null or (${order}, d.subject) > ($11::${ordered ? 'date' : 'bigint'}, $12))
               and ${indexed.map((_, n) => `($${n + 14}::text is null or d.latin like $${n + 14})`).join(' and ')}
             order by ${order}, d.subject limit $13`,
      values: [
        link,
        party,
        keys.length > 0 ? keys : null,
        rest.length > 0 ? rest : null,
        native,
        regime ?? null,
        grade ?? null,
        status ?? null,
        reviewFrom ?? null,
        reviewUntil ?? null,
        after?.at || null,
        after?.subject ?? null,
        limit,
        ...indexed,
      ],
    });
  });
}
