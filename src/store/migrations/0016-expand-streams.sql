-- Pull streams of own back ends (RFC 8936). A stream has read the feed up to read_to; what it has taken from there and
-- not acknowledged stands in stream_unacked, a page at most, and is sent until it is.
create table stream (
  name        text primary key,
  link        text not null,
  types       text[] not null,
  read_to     bigint not null,
  created_at  timestamptz not null,
  created_by  text not null,
  polled_at   timestamptz,
  errors      bigint not null default 0
);

create table stream_unacked (
  stream  text not null references stream (name) on delete cascade,
  number  bigint not null,
  id      uuid not null,
  primary key (stream, number)
);

-- What a consumer could not process, the latest of each stream; the audit log has them all.
create table stream_error (
  stream       text not null references stream (name) on delete cascade,
  id           uuid not null,
  err          text not null,
  description  text not null,
  by           text not null,
  at           timestamptz not null,
  primary key (stream, id)
);
create index stream_error_message on stream_error (id);
