import { foldChinese, foldLatin, isChinese } from '../../register/search/fold-text.ts';
import type { Database } from '../../store/database.ts';

export type DeadLetterKind = 'parked' | 'refused';

/** What an operator picks dead letters by; all that is given must fit. */
export interface DeadLetterFilter {
  kind?: DeadLetterKind;
  link?: string;
  type?: string;
  subject?: string;
  /** Part of the error. */
  error?: string;
  /** Words of the Latin name of the enterprise, or part of the Chinese one. */
  name?: string;
  /** A message id, a subject, a case number, a name, or part of the error. */
  q?: string;
  since?: Date;
  until?: Date;
  ids?: readonly string[];
}

/** A message of ours that goes nowhere until an operator decides. */
export interface DeadLetter {
  id: string;
  link: string;
  kind: DeadLetterKind;
  type: string;
  subject: string;
  name: { native: string | null; latin: string | null } | null;
  version: number | null;
  txn: string | null;
  urgent: boolean;
  /** When it was parked or refused. */
  at: Date;
  err: string | null;
  reason: string | null;
  /** Later messages of its subject that wait behind it. */
  holding: number;
}

export interface DeadLetterPage {
  limit: number;
  after?: { at: Date; id: string };
}

/**
 * The letters that fit a filter, as `l`, with their messages, as `m`: the beginning of a statement, up to its `where`
 * included. `$1` to `$13` are {@link filterValues}.
 */
export const LETTERS_THAT_FIT = `
  from (
    select link, id, 'parked' as kind, parked_at as at, null as err, parked_reason as reason, lane, position
    from outbox where parked_at is not null and (parked_at is not null or aside_at is not null or edition > 1)
    union all
    select link, id, 'refused', at, err, description, null, null from dead_letter
  ) l
  join message m on m.id = l.id and m.link = l.link and m.direction = 'out'
  where ($1::text is null or l.kind = $1) and ($2::text is null or l.link = $2)
    and ($3::text is null or m.type = $3) and ($4::text is null or m.subject = $4)
    and ($5::text is null or position(lower($5) in lower(concat_ws(' ', l.err, l.reason))) > 0)
    and ($6::text is null or l.id::text = $6 or m.subject = $6 or m.txn = $6
         or position(lower($6) in lower(concat_ws(' ', l.err, l.reason))) > 0
         or exists (select from enterprise_search e
                    where e.link = l.link and e.party in ('CN', 'US') and e.subject = m.subject
                      and (e.latin like all ($12::text[]) or e.native like $13)))
    and ($7::timestamptz is null or l.at >= $7) and ($8::timestamptz is null or l.at < $8)
    and ($9::uuid[] is null or l.id = any ($9))
    and (($10::text[] is null and $11::text is null)
         or exists (select from enterprise_search e
                    where e.link = l.link and e.party in ('CN', 'US') and e.subject = m.subject
                      and (e.latin like all ($10::text[]) or e.native like $11)))`;

export function filterValues(filter: DeadLetterFilter): unknown[] {
  const name = patternsOf(filter.name);
  const q = patternsOf(filter.q);
  return [
    filter.kind ?? null,
    filter.link ?? null,
    filter.type ?? null,
    filter.subject ?? null,
    filter.error ?? null,
    filter.q ?? null,
    filter.since ?? null,
    filter.until ?? null,
    filter.ids ?? null,
    name.latin,
    name.native,
    q.latin,
    q.native,
  ];
}

/** How a name is looked for in the search documents, which are folded. */
function patternsOf(name: string | undefined): { latin: string[] | null; native: string | null } {
  if (name === undefined) return { latin: null, native: null };
  if (isChinese(name)) return { latin: null, native: `%${foldChinese(name)}%` };
  const words = foldLatin(name).split(' ').filter(Boolean);
  return { latin: words.length > 0 ? words.map((word) => `%${word}%`) : ['-'], native: null };
}

type LetterRow = Omit<DeadLetter, 'name'> & { native: string | null; latin: string | null };

/** Newest first. */
export async function listDeadLetters(
  database: Pick<Database, 'query'>,
  filter: DeadLetterFilter,
  { limit, after }: DeadLetterPage,
): Promise<DeadLetter[]> {
  const rows = await database.query<LetterRow>({
    name: 'operations-list-dead-letters',
    text: `with page as materialized (
             select l.*, m.type, m.subject, m.version, m.txn, m.urgent ${LETTERS_THAT_FIT}
               and ($14::timestamptz is null or (l.at, l.id) < ($14, $15::uuid))
             order by l.at desc, l.id desc limit $16
           )
           select p.id, p.link, p.kind, p.type, p.subject, p.version, p.txn, p.urgent, p.at, p.err, p.reason,
             (select count(*) from outbox o where o.link = p.link and o.lane = p.lane and o.subject = p.subject
                and o.position > p.position and not o.urgent and o.parked_at is null) as holding,
             n.native, n.latin
           from page p left join lateral (
             select coalesce(s.details #>> '{enterprise,name,native,text}', s.details #>> '{facility,name,native,text}') as native,
               coalesce(s.details #>> '{enterprise,name,latin}', s.details #>> '{facility,name,latin}') as latin
             from subject s join subject_version v using (link, party, subject)
             where s.link = p.link and s.party in ('CN', 'US') and s.subject = p.subject and v.message = p.id
             limit 1) n on true
           order by p.at desc, p.id desc`,
    values: [...filterValues(filter), after?.at ?? null, after?.id ?? null, limit],
  });
  return rows.map(({ native, latin, ...row }) => ({
    ...row,
    name: native === null && latin === null ? null : { native, latin },
  }));
}

/** Letters that fail alike. */
export interface LetterGroup {
  kind: DeadLetterKind;
  err: string | null;
  reason: string | null;
  count: number;
  enterprises: number;
  firstAt: Date;
  lastAt: Date;
}

/** Groups that are told apart; the others are left out, the largest stay. */
const GROUPS_MAX = 200;

export function groupDeadLetters(
  database: Pick<Database, 'query'>,
  filter: DeadLetterFilter,
): Promise<LetterGroup[]> {
  return database.query<LetterGroup>({
    name: 'operations-group-dead-letters',
    text: `select l.kind, l.err, l.reason, count(*) as count, count(distinct m.subject) as enterprises,
             min(l.at) as "firstAt", max(l.at) as "lastAt" ${LETTERS_THAT_FIT}
           group by l.kind, l.err, l.reason order by count(*) desc, min(l.at) limit ${GROUPS_MAX}`,
    values: filterValues(filter),
  });
}

export interface LetterCount {
  matched: number;
  enterprises: number;
  links: string[];
}

/** What an act on all that fit would touch. */
export async function countDeadLetters(
  database: Pick<Database, 'query'>,
  filter: DeadLetterFilter,
): Promise<LetterCount> {
  const [row] = await database.query<LetterCount>({
    name: 'operations-count-dead-letters',
    text: `select count(*) as matched, count(distinct m.subject) filter (where m.subject <> 'gateway') as enterprises,
             coalesce(array_agg(distinct l.link), '{}') as links ${LETTERS_THAT_FIT}`,
    values: filterValues(filter),
  });
  return row ?? { matched: 0, enterprises: 0, links: [] };
}
