-- What is in the way of a message: set aside (tried again when nothing else waits), parked (an operator decides), or
-- in need of a newer contract edition than the partner has announced.
alter table outbox
  add column edition        integer not null default 1,
  add column failed_alone   integer not null default 0,
  add column aside_at       timestamptz,
  add column retry_at       timestamptz,
  add column parked_at      timestamptz,
  add column parked_reason  text;
-- Later messages of these subjects wait; there are few, and the index is empty while all is well.
create index outbox_stuck on outbox (link, lane, subject, position)
  where parked_at is not null or aside_at is not null or edition > 1;

-- Search for a poisonous message: the size a batch is cut down to, how many messages are still suspect, failures with
-- 5xx in a row, and single messages given up on since the partner last answered one.
alter table lane
  add column batch_limit      integer,
  add column suspects         integer not null default 0,
  add column server_failures  integer not null default 0,
  add column singles_failed   integer not null default 0;

alter table attempt drop constraint attempt_result_check;
alter table attempt add constraint attempt_result_check
  check (result in ('answered', 'unclear', 'link-fault', 'too-large'));

-- A refused message that waits for an operator: deleted when it is submitted again or dismissed.
create table dead_letter (
  link         text not null,
  id           uuid not null,
  err          text,
  description  text,
  at           timestamptz not null,
  primary key (link, id)
);
insert into dead_letter (link, id, err, description, at)
  select link, id, err, description, at from delivery where outcome = 'refused';

-- A message taken back before the partner had answered it. Its version, if it has one, is left to void_message.
create table withdrawal (
  id            uuid not null,
  link          text not null,
  by            text not null,
  reason        text,
  void_message  uuid,
  at            timestamptz not null,
  primary key (id, link)
);

-- A message that takes the place of a refused or withdrawn one.
create table replacement (
  id        uuid not null,
  link      text not null,
  replaces  uuid not null,
  primary key (id, link)
);
create index replacement_replaces on replacement (replaces);

-- When the partner was last asked for a version that is missing.
alter table version_hole add column asked_at timestamptz;
