-- Webhooks of own back ends: what the configuration names, and how far each is. Calls are made in the order of the feed,
-- one at a time, by whoever holds the lease (worker); read_to is moved on when the consumer took the message.
create table webhook (
  name             text primary key,
  link             text not null,
  types            text[] not null,
  read_to          bigint not null,
  created_at       timestamptz not null,
  attempts         integer not null default 0,
  failing_since    timestamptz,
  next_attempt_at  timestamptz,
  last_error       text,
  delivered        bigint not null default 0,
  delivered_at     timestamptz,
  paused_at        timestamptz,
  paused_by        text,
  paused_reason    text
);
