/**
 * What happened on each link in each minute, from the facts themselves. `$1` and `$2` bound the time, `$3` is our own
 * party. The gateways' own messages (receipts, digests) are not traffic and are left out of what was delivered. The id
 * of a message of ours bears the time of its acceptance (UUIDv7), so its latency needs no look at the message.
 *
 * A row counts at the minute in which it was written: a delivery that turns out to have been refused, or a version that
 * is put back after a restore, changes no minute that is over.
 */
export const TRAFFIC_OF_MINUTES = `
  with answered as materialized (
    select link, id, outcome, at from delivery where at >= $1 and at < $2
  ), gateway as materialized (
    select link, id from message
    where subject = 'gateway' and direction = 'out'
      and id between (select id from answered order by id limit 1) and (select id from answered order by id desc limit 1)
  ), business as materialized (
    select a.link, a.outcome, a.at, date_trunc('minute', a.at) as minute,
      floor(4 * ln(greatest(1, 1000 * extract(epoch from a.at - uuid_extract_timestamp(a.id))::float8)) / ln(2))::integer as step
    from answered a where not exists (select from gateway g where g.id = a.id and g.link = a.link)
  ), counted as (
    select link, minute, 0::bigint as accepted, count(*) filter (where outcome = 'delivered') as delivered,
      count(*) filter (where outcome = 'refused') as refused, 0::bigint as receipted, 0::bigint as received,
      0::bigint as received_refused, max(at) filter (where outcome = 'delivered') as delivered_at,
      null::timestamptz as receipted_at, null::timestamptz as received_at
    from business group by link, minute
    union all
    select link, date_trunc('minute', at), 0, 0, 0, count(*), 0, 0, null, max(at), null
    from receipt where at >= $1 and at < $2 and outcome = 'accepted' group by 1, 2
    union all
    select link, date_trunc('minute', at), count(*) filter (where party = $3), 0, 0, 0,
      count(*) filter (where party <> $3 and not refused), count(*) filter (where party <> $3 and refused),
      null, null, max(at) filter (where party <> $3)
    from subject_version where at >= $1 and at < $2 group by 1, 2
  ), minutes as (
    select link, minute, sum(accepted)::bigint as accepted, sum(delivered)::bigint as delivered,
      sum(refused)::bigint as refused, sum(receipted)::bigint as receipted, sum(received)::bigint as received,
      sum(received_refused)::bigint as received_refused, max(delivered_at) as delivered_at,
      max(receipted_at) as receipted_at, max(received_at) as received_at
    from counted group by link, minute
  ), latencies as (
    select link, minute, array_agg(step order by step) as latency_steps, array_agg(n order by step) as latency_counts
    from (select link, minute, step, count(*) as n from business where outcome = 'delivered' group by link, minute, step) s
    group by link, minute
  )
  select * from minutes left join latencies using (link, minute)`;
