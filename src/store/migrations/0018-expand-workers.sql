-- Work that one process of a side does at a time: to poll a partner, to call a webhook. A lease, as lanes have it.
create table worker (
  name         text primary key,
  owner        text,
  lease_until  timestamptz
);

-- How polling a partner fares; a row with failing_since is an alert.
create table partner_poll (
  link           text primary key,
  attempts       integer not null default 0,
  failing_since  timestamptz,
  last_error     text,
  polled_at      timestamptz
);
