import type { Database } from '../../store/database.ts';

/** One step of one message, for its trace. */
export interface TracedStep {
  name: 'accepted' | 'sent' | 'receipted' | 'received';
  message: string;
  /** What makes it the same step if it is told twice. */
  key: string;
  from: Date;
  to: Date;
  link: string;
  type: string;
  subject: string;
  txn: string | null;
  lane: string | null;
  status: number | null;
  error: string | null;
}

/** Up to where steps were told: the last request, and since when receipts and receptions are looked for. */
export interface TracePlace {
  attempt: number;
  at: Date;
}

/** Steps of one look; a link that carries more is traced in part. */
export const STEPS_MAX = 2_000;

export async function placeOfNow(database: Pick<Database, 'query'>): Promise<TracePlace> {
  const [row] = await database.query<{ attempt: number | null }>({
    name: 'traces-place',
    text: 'select max(number) as attempt from attempt',
    values: [],
  });
  return { attempt: row?.attempt ?? 0, at: new Date() };
}

/**
 * What happened since, from the facts on record: no message waits for its trace, and nothing is noted while nobody asks
 * for traces. `accepted` is told with the first request of a message.
 */
export async function readSteps(
  database: Pick<Database, 'query'>,
  { attempt, at }: TracePlace,
  until: Date,
): Promise<{ steps: TracedStep[]; attempt: number }> {
  const sent = await database.query<TracedStep & { number: number; acceptedAt: Date; first: boolean }>({
    name: 'traces-sent',
    text: `select 'sent' as name, m.id as message, 'sent ' || a.number as key, a.number, a.started_at as "from",
             a.started_at + a.ms * interval '1 ms' as "to", a.link, m.type, m.subject, m.txn, a.lane, a.status, a.error,
             m.at as "acceptedAt",
             not exists (select from attempt e where e.link = a.link and e.lane = a.lane and e.started_at >= m.at
                           and e.started_at < a.started_at and m.id = any (e.ids)) as first
           from (select * from attempt where number > $1 order by number limit 200) a
           cross join unnest(a.ids) as u(id)
           join message m on m.id = u.id and m.link = a.link and m.direction = 'out'
           where m.subject <> 'gateway' order by a.number limit ${STEPS_MAX}`,
    values: [attempt],
  });
  const others = await database.query<TracedStep>({
    name: 'traces-came',
    text: `select 'receipted' as name, m.id as message, 'receipted' as key, r.received_at as "from", r.at as "to", r.link,
             m.type, m.subject, m.txn, null as lane, null::integer as status, r.err as error
           from receipt r join message m on m.id = r.id and m.link = r.link and m.direction = 'out'
           where r.at >= $1 and r.at < $2 and m.subject <> 'gateway'
           union all
           select 'received', m.id, 'received', v.at, v.at, v.link, m.type, m.subject, m.txn, null, null, null
           from subject_version v join message m on m.id = v.message and m.link = v.link and m.direction = 'in'
           where v.at >= $1 and v.at < $2
           limit ${STEPS_MAX}`,
    values: [at, until],
  });
  const accepted = sent
    .filter(({ first }) => first)
    .map(
      (step): TracedStep => ({
        ...step,
        name: 'accepted',
        key: 'accepted',
        from: step.acceptedAt,
        to: step.from,
        status: null,
        error: null,
      }),
    );
  return { steps: [...accepted, ...sent, ...others], attempt: sent.at(-1)?.number ?? attempt };
}
