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
  /** A message id, a subject, a case number, or part of the error. */
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

/** Newest first. */
export function listDeadLetters(
  database: Pick<Database, 'query'>,
  filter: DeadLetterFilter,
  { limit, after }: DeadLetterPage,
): Promise<DeadLetter[]> {
  return database.query<DeadLetter>({
    name: 'operations-list-dead-letters',
    text: `with letters as (
             select link, id, 'parked' as kind, parked_at as at, null as err, parked_reason as reason, lane, position
             from outbox where parked_at is not null
             union all
             select link, id, 'refused', at, err, description, null, null from dead_letter
           )
           select l.id, l.link, l.kind, m.type, m.subject, m.version, m.txn, m.urgent, l.at, l.err, l.reason,
             (select count(*) from outbox o where o.link = l.link and o.lane = l.lane and o.subject = m.subject
                and o.position > l.position and not o.urgent and o.parked_at is null) as holding
           from letters l join message m on m.id = l.id and m.link = l.link and m.direction = 'out'
           where ($1::text is null or l.kind = $1) and ($2::text is null or l.link = $2)
             and ($3::text is null or m.type = $3) and ($4::text is null or m.subject = $4)
             and ($5::text is null or position(lower($5) in lower(concat_ws(' ', l.err, l.reason))) > 0)
             and ($6::text is null or l.id::text = $6 or m.subject = $6 or m.txn = $6
                  or position(lower($6) in lower(concat_ws(' ', l.err, l.reason))) > 0)
             and ($7::timestamptz is null or l.at >= $7) and ($8::timestamptz is null or l.at < $8)
             and ($9::uuid[] is null or l.id = any ($9))
             and ($10::timestamptz is null or (l.at, l.id) < ($10, $11::uuid))
           order by l.at desc, l.id desc limit $12`,
    values: [
      filter.kind ?? null,
      filter.link ?? null,
      filter.type ?? null,
      filter.subject ?? null,
      filter.error ?? null,
      filter.q ?? null,
      filter.since ?? null,
      filter.until ?? null,
      filter.ids ?? null,
      after?.at ?? null,
      after?.id ?? null,
      limit,
    ],
  });
}
