import { copyTarget } from '../../store/copy-rows.ts';
import type { Transaction } from '../../store/database.ts';
import type { LockedSubject } from '../lock-subjects.ts';
import type { SubjectKey } from '../subject-key.ts';
import { type SearchDocument, searchDocument } from './search-document.ts';

/**
 * Up to this many enterprises are searchable when their transaction commits. More are a load: writing both indexes
 * costs 30-45 µs of core time an enterprise, which the exchange needs then; run-indexer.ts follows up.
 */
const AT_ONCE_MAX = 20;

/**
 * Brings the search up to the state of these subjects, whose rows the transaction holds locked: at once for a few,
 * queued for many. One statement either way.
 */
export async function indexSubjects(tx: Transaction, subjects: readonly LockedSubject[]): Promise<void> {
  const enterprises = subjects.filter(({ kind }) => kind === 'enterprise');
  if (enterprises.length === 0) return;
  if (enterprises.length > AT_ONCE_MAX) return tx.copy(QUEUE, enterprises, undefined);
  await writeDocuments(
    tx,
    enterprises.map((subject) => searchDocument(subject, subject.state.details, subject.state.standing)),
  );
}

const QUEUE = copyTarget<SubjectKey, undefined>('search_pending', (type) => ({
  link: type.text((s) => s.link),
  party: type.text((s) => s.party),
  subject: type.text((s) => s.subject),
}));

/** Separates the keys of a document in one text; it is in none of them. */
const SEPARATOR = '\u001f';

/** Writes documents; one that says the same as before costs no write. The caller holds their subjects locked. */
export async function writeDocuments(tx: Transaction, documents: readonly SearchDocument[]): Promise<void> {
  if (documents.length === 0) return;
  await tx.query({
    name: 'search-write-documents',
    text: `insert into enterprise_search as d
             (link, party, subject, latin, native, keys, regime, grade, status, next_review_due)
           select u.link, u.party, u.subject, u.latin, u.native, string_to_array(u.keys, $11), u.regime, u.grade,
             u.status, u.next_review_due
           from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                       $8::text[], $9::text[], $10::date[])
             as u(link, party, subject, latin, native, keys, regime, grade, status, next_review_due)
           order by u.link, u.party, u.subject
           on conflict (link, party, subject) do update set
             latin = excluded.latin, native = excluded.native, keys = excluded.keys, regime = excluded.regime,
             grade = excluded.grade, status = excluded.status, next_review_due = excluded.next_review_due
           where (d.latin, d.native, d.keys, d.regime, d.grade, d.status, d.next_review_due)
             is distinct from (excluded.latin, excluded.native, excluded.keys, excluded.regime, excluded.grade,
                               excluded.status, excluded.next_review_due)`,
    values: [
      documents.map((d) => d.link),
      documents.map((d) => d.party),
      documents.map((d) => d.subject),
      documents.map((d) => d.latin),
      documents.map((d) => d.native),
      documents.map((d) => d.keys.join(SEPARATOR)),
      documents.map((d) => d.regime),
      documents.map((d) => d.grade),
      documents.map((d) => d.status),
      documents.map((d) => d.nextReviewDue),
      SEPARATOR,
    ],
  });
}
