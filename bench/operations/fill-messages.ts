import type { Database } from '../../src/store/database.ts';

/** Statements that put a week of traffic on record, past the gateway: its rows, of their sizes, without signatures. */
const FILL = [
  `create temp table n as
   select n, case when n % 5 = 0 then 'in' else 'out' end as direction, now() - n * ($days * interval '1 day' / $count) as at,
     uuidv7(- n * ($days * interval '1 day' / $count)) as id, 'CN' || lpad((n % $subjects)::text, 10, '0') as subject
   from generate_series(1, $count) n`,
  `insert into message (id, link, direction, type, subject, version, outcome, txn, urgent, kid, sha256, jws, at)
   select id, 'us-cbp', direction, case when n % 3 = 0 then 'certification-change' else 'enterprise-status' end, subject, n,
     'accepted', case when n % 10 = 0 then 'CASE-' || n end, n % 1000 = 0, 'cn-2026-11', sha256(n::text::bytea),
     repeat(md5(n::text), 40), at from n`,
  `insert into delivery (id, link, outcome, at)
   select id, 'us-cbp', 'delivered', at + (random() * 3) * interval '1 s' from n where direction = 'out' and n > 2000 order by at`,
  `insert into receipt (id, link, outcome, received_at, receipt_message, at)
   select id, 'us-cbp', 'accepted', at + interval '1 s', id, at + interval '4 s' from n where direction = 'out' and n > 3000 order by at`,
  `insert into subject_version (link, party, subject, version, counts_as, message, type, at)
   select 'us-cbp', case direction when 'out' then 'CN' else 'US' end, subject, n, n, id, 'enterprise-status', at from n order by at`,
  `insert into outbox (link, lane, id, subject, urgent, at, parked_at, parked_reason)
   select 'us-cbp', (n % 8)::text, id, subject, false, at, case when n % 40 = 1 then now() end,
     case when n % 40 = 1 then 'partner answers 500' end from n where direction = 'out' and n <= 2000`,
  `insert into subject (link, party, subject, kind, last_version, details)
   select 'us-cbp', 'CN', 'CN' || lpad(s::text, 10, '0'), 'enterprise', 1,
     json_build_object('enterprise', json_build_object('name', json_build_object(
       'native', json_build_object('text', '深圳恒达' || s || '电子有限公司'), 'latin', 'Shenzhen Hengda ' || s)))
   from generate_series(0, $subjects - 1) s`,
  `insert into enterprise_search (link, party, subject, latin, native, keys)
   select 'us-cbp', 'CN', 'CN' || lpad(s::text, 10, '0'), ' shenzhen hengda ' || s, '深圳恒达' || s || '电子有限公司', '{}'
   from generate_series(0, $subjects - 1) s`,
  `insert into attempt (link, lane, started_at, ms, status, result, ids)
   select 'us-cbp', (n % 8)::text, at, 30, 202, 'answered', array[id] from n where n % 10 = 1 order by at`,
  `update traffic_counted set until = date_trunc('minute', now() - $days * interval '1 day')`,
  // What autovacuum does meanwhile where the traffic takes a week.
  `select brin_summarize_new_values(c.oid) from pg_class c join pg_am a on a.oid = c.relam
   where a.amname = 'brin' and c.relkind = 'i'`,
  'analyze',
];

export interface Traffic {
  messages: number;
  subjects: number;
  days: number;
}

export async function fillMessages(database: Database, { messages, subjects, days }: Traffic): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.execute(
      "set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0; set local work_mem = '256MB'",
    );
    for (const statement of FILL) {
      const text = statement
        .replaceAll('$count', String(messages))
        .replaceAll('$subjects', String(subjects))
        .replaceAll('$days', String(days));
      await tx.execute(text);
    }
  });
}
