-- Facts are appended (message, delivery, receipt, subject_version, feed, audit_*); what is still to be
-- done stands in queue tables whose rows are deleted when it is done (outbox, receipt_owed,
-- feed_pending, audit_pending). Tables keyed by a message id are partitioned by the month in that
-- UUIDv7; src/store/partitions.ts makes the partitions.

-- One row: the identity of this store. A restore draws a new incarnation, which outdates every cursor.
create table store_meta (
  only_row      boolean primary key default true check (only_row),
  incarnation   uuid not null default gen_random_uuid(),
  feed_number   bigint not null default 0,
  audit_size    bigint not null default 0
);
insert into store_meta default values;

-- ---------------------------------------------------------------- messages

-- One SET, in or out. jws is ASCII, byte for byte what was signed; null only after an erasure.
create table message (
  id         uuid not null,
  link       text not null,
  direction  text not null check (direction in ('out', 'in')),
  type       text not null,
  subject    text not null,
  version    bigint,
  outcome    text not null check (outcome in ('accepted', 'refused')),
  txn        text,
  urgent     boolean not null default false,
  kid        text not null,
  sha256     bytea not null,
  jws        text,
  warnings   json,
  -- In, refused: the answer {err, description}, so that a repeat gets the same one.
  refusal    json,
  at         timestamptz not null,
  primary key (id, link, direction)
) partition by range (id);
-- Base64 does not compress, and a SET of 2-3 kB reads faster inline than from a TOAST table.
alter table message alter column jws set storage external;

-- The gateways' own messages, one for a thousand others.
create index message_gateway on message (link, direction) where subject = 'gateway';

-- What is still to be delivered. Positions of one subject grow with its versions, because they are
-- drawn under the lock of its subject row.
create table outbox (
  position   bigint generated always as identity,
  link       text not null,
  lane       text not null,
  id         uuid not null,
  subject    text not null,
  urgent     boolean not null,
  at         timestamptz not null,
  primary key (link, lane, position)
);
create unique index outbox_message on outbox (id, link);
create index outbox_urgent on outbox (link, lane, subject) where urgent;

create table lane (
  link             text not null,
  lane             text not null,
  attempts         integer not null default 0,
  next_attempt_at  timestamptz,
  last_error       text,
  last_error_at    timestamptz,
  paused           boolean not null default false,
  owner            text,
  lease_until      timestamptz,
  primary key (link, lane)
);

create table link_state (
  link            text primary key,
  halted_at       timestamptz,
  halted_reason   text,
  partner_edition text
);

-- The partner's answer for a message of ours.
create table delivery (
  id           uuid not null,
  link         text not null,
  outcome      text not null check (outcome in ('delivered', 'refused')),
  err          text,
  description  text,
  at           timestamptz not null,
  primary key (id, link)
) partition by range (id);

-- One request of a lane. A message's attempts are found by lane and time, then by membership in ids.
create table attempt (
  number      bigint generated always as identity primary key,
  link        text not null,
  lane        text not null,
  started_at  timestamptz not null,
  ms          integer not null,
  status      integer,
  result      text not null check (result in ('answered', 'unclear', 'link-fault')),
  error       text,
  ids         uuid[] not null
);
create index attempt_lane on attempt (link, lane, started_at);

create table receipt_owed (
  link         text not null,
  id           uuid not null,
  sha256       bytea not null,
  outcome      text not null check (outcome in ('accepted', 'refused')),
  err          text,
  received_at  timestamptz not null,
  primary key (link, id)
);

-- The partner's signed word that it holds a message of ours; receipt_message is where it says so.
create table receipt (
  id               uuid not null,
  link             text not null,
  outcome          text not null check (outcome in ('accepted', 'refused')),
  err              text,
  received_at      timestamptz not null,
  receipt_message  uuid not null,
  at               timestamptz not null,
  primary key (id, link)
) partition by range (id);

-- What the partner signed and we refused for good: one row per bytes, with a count of repeats.
create table quarantine (
  link        text not null,
  sha256      bytea not null,
  message_id  uuid not null,
  type        text not null,
  subject     text not null,
  bytes       bytea,
  errors      json not null,
  count       bigint not null default 1,
  first_at    timestamptz not null,
  last_at     timestamptz not null,
  primary key (link, sha256)
);
create index quarantine_message on quarantine (link, message_id);

-- ---------------------------------------------------------------- register

-- The current cells of one subject as one party states them on one link. rank = (counts_as, own
-- version): a correction counts at the version it corrects; the greater rank wins, cell by cell.
create table subject (
  link               text not null,
  party              text not null,
  subject            text not null,
  kind               text not null check (kind in ('enterprise', 'validation', 'unknown')),
  last_version       bigint not null default 0,
  versions_held      bigint not null default 0,
  details_counts_as  bigint,
  details_version    bigint,
  details_message    uuid,
  details_at         timestamptz,
  details            json,
  standing_counts_as bigint,
  standing_version   bigint,
  standing_message   uuid,
  standing_at        timestamptz,
  effective          date,
  regime             text,
  grade              text,
  status             text,
  round              text,
  outcome            text,
  visit_to           date,
  flags              text[] not null default '{}',
  primary key (link, party, subject)
) with (fillfactor = 80);
create index subject_round on subject (link, round) where round is not null;

create table subject_version (
  link       text not null,
  party      text not null,
  subject    text not null,
  version    bigint not null,
  counts_as  bigint not null,
  message    uuid not null,
  type       text not null,
  refused    boolean not null default false,
  effective  date,
  regime     text,
  grade      text,
  status     text,
  at         timestamptz not null,
  primary key (link, party, subject, version)
);

-- A version that has not come although a greater one has; deleted when it comes.
create table version_hole (
  link     text not null,
  party    text not null,
  subject  text not null,
  version  bigint not null,
  seen_at  timestamptz not null,
  primary key (link, party, subject, version)
);

-- ---------------------------------------------------------------- feed

create table feed_pending (
  link  text not null,
  id    uuid not null,
  type  text not null
);

create table feed (
  number  bigint not null,
  link    text not null,
  id      uuid not null,
  type    text not null,
  primary key (number, id)
) partition by range (id);

-- ---------------------------------------------------------------- audit

-- entry is what the log will hold: canonical JSON {v,id,time,digest}; digest = SHA-256(salt || content).
create table audit_pending (
  entry    text not null,
  salt     bytea not null,
  content  text not null
);

create table audit_entry (
  index  bigint primary key,
  entry  text not null
);

-- salt and content open the entry; null after an erasure, which leaves the entry as it is.
create table audit_content (
  index    bigint primary key,
  salt     bytea,
  content  text
);

-- ---------------------------------------------------------------- access

create table idempotency (
  caller   text not null,
  key      text not null,
  request  bytea not null,
  status   integer,
  headers  json,
  answer   text,
  at       timestamptz not null default now(),
  primary key (caller, key)
);
create index idempotency_at on idempotency (at);

create table access_token (
  id          uuid primary key,
  name        text not null unique,
  role        text not null,
  scopes      text[] not null,
  purpose     text,
  link        text,
  sha256      bytea not null unique,
  created_at  timestamptz not null default now(),
  expires_at  timestamptz,
  revoked_at  timestamptz
);

create table access_log (
  id         uuid primary key,
  principal  text not null,
  purpose    text not null,
  what       text not null,
  ids        text[] not null,
  from_at    timestamptz not null,
  to_at      timestamptz not null
);
create index access_log_at on access_log (from_at);

-- Which own key signs. The accepting transaction reads the active row for share.
create table own_key (
  kid         text primary key,
  thumbprint  text not null unique,
  alg         text not null,
  state       text not null check (state in ('next', 'active', 'retiring', 'retired', 'revoked')),
  not_before  timestamptz not null,
  not_after   timestamptz
);
create unique index own_key_active on own_key (state) where state = 'active';
