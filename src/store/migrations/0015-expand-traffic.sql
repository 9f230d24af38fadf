-- What operators see of the traffic (src/operations/traffic). Counting facts that are a million rows takes too long for
-- a page: minutes that are over are counted once, and what came since is found by time. The facts come in the order of
-- their time, so a block range index finds it, and costs the writer next to nothing.
create index if not exists delivery_at on delivery using brin (at) with (autosummarize = on);
create index if not exists receipt_at on receipt using brin (at) with (autosummarize = on);
create index if not exists subject_version_at on subject_version using brin (at) with (autosummarize = on);
-- The gateways' own messages among the answered ones, and the urgent ones: few.
create index if not exists message_gateway_id on message (id) where subject = 'gateway';
create index if not exists message_urgent on message (id) where urgent;

-- One minute of a link. latency_steps and latency_counts are a histogram of the milliseconds from acceptance to
-- delivery: step n is from 2^(n/4) to 2^((n+1)/4) ms. waiting is what the outbox held when the minute began.
create table traffic_minute (
  link              text not null,
  minute            timestamptz not null,
  accepted          integer not null default 0,
  delivered         integer not null default 0,
  refused           integer not null default 0,
  receipted         integer not null default 0,
  received          integer not null default 0,
  received_refused  integer not null default 0,
  latency_steps     integer[],
  latency_counts    bigint[],
  waiting           integer,
  primary key (link, minute)
);

-- All minutes of a link together, up to traffic_counted.
create table traffic_total (
  link              text primary key,
  accepted          bigint not null default 0,
  delivered         bigint not null default 0,
  refused           bigint not null default 0,
  receipted         bigint not null default 0,
  received          bigint not null default 0,
  received_refused  bigint not null default 0,
  delivered_at      timestamptz,
  receipted_at      timestamptz,
  received_at       timestamptz
);

-- One row: facts from before this minute are in the tables above. Whoever locks it counts on.
create table traffic_counted (
  only_row  boolean primary key default true check (only_row),
  until     timestamptz not null
);
insert into traffic_counted (until)
  select date_trunc('minute', coalesce((select uuid_extract_timestamp(id) from message order by id limit 1), now()));

-- How each partner answered the latest ping, and which of our deliveries it has not receipted in time. asked_at:
-- whoever moves it on asks. receipted_until: what was delivered before has its receipt.
create table link_watch (
  link             text primary key,
  asked_at         timestamptz,
  answered_at      timestamptz,
  skew_ms          integer,
  round_trip_ms    integer,
  failing_since    timestamptz,
  error            text,
  receipted_until  timestamptz,
  overdue          bigint not null default 0,
  overdue_since    timestamptz
);
