-- The audit log as a Merkle tree (RFC 6962) in tiles, signed and cross-witnessed. A party has one log a year; its
-- name within the party is the year, with a number behind it where a log had to be given up: 2026, 2026-2.

-- What was numbered without a tree goes back to what is pending, in its order, and gets its place in the tree.
alter table audit_pending
  -- The message that the entry is about, if any: by it a proof and a receipt find the entry.
  add column message uuid,
  -- Null after an erasure that came before the sequencer.
  alter column salt drop not null,
  alter column content drop not null;
insert into audit_pending (entry, salt, content, message)
  select e.entry, c.salt, c.content,
         case when c.content::json ->> 'message' ~ '^[0-9a-f-]{36}$' then (c.content::json ->> 'message')::uuid end
  from audit_entry e left join audit_content c using (index) order by index;
drop table audit_entry, audit_content;
alter table store_meta drop column audit_size;

create table audit_entry (
  log      text not null,
  index    bigint not null,
  entry    text not null,
  message  uuid,
  primary key (log, index)
);
create index audit_entry_message on audit_entry (message) where message is not null;

-- salt and content open the entry; both null where they are gone, which leaves the entry as it is.
create table audit_content (
  log      text not null,
  index    bigint not null,
  salt     bytea,
  content  text,
  gone     text check (gone in ('erased', 'lost')),
  primary key (log, index)
);

-- They only grow: neither a vacuum nor new statistics for every few thousand rows.
alter table audit_entry alter column entry set statistics 0;
alter table audit_content alter column salt set statistics 0;
alter table audit_content alter column content set statistics 0;
alter table audit_entry set (autovacuum_vacuum_insert_threshold = 100000, autovacuum_analyze_threshold = 50000);
alter table audit_content set (autovacuum_vacuum_insert_threshold = 100000, autovacuum_analyze_threshold = 50000);

-- 256 hashes of 32 bytes, fewer at the right edge, where the row grows with the tree.
create table audit_tile (
  log     text not null,
  level   smallint not null,
  index   bigint not null,
  hashes  bytea not null,
  primary key (log, level, index)
);
-- Hashes do not compress.
alter table audit_tile alter column hashes set storage external;

-- The head of each log. checkpoint is the note with the log's own signature.
create table audit_tree (
  log         text primary key,
  number      integer not null unique,
  size        bigint not null,
  root        bytea not null,
  checkpoint  text not null,
  signed_at   timestamptz not null,
  -- Entries that a partner has cosigned are lost on both sides: the log ends, and the next one begins.
  given_up    text
);

-- Checkpoints of ours that partners have cosigned: line is the cosignature.
create table audit_cosignature (
  log         text not null,
  size        bigint not null,
  link        text not null,
  root        bytea not null,
  checkpoint  text not null,
  line        text not null,
  at          timestamptz not null,
  primary key (log, size, link)
);
create index audit_cosignature_link on audit_cosignature (link, log, size);

-- What the partner's witness last said about our log. compared: it holds a part of our tree; behind: it holds a larger
-- one, so this store was restored; forked: another one; away: no answer; refused: it does not take our word.
create table audit_witness (
  link      text primary key,
  state     text not null check (state in ('compared', 'behind', 'forked', 'away', 'refused')),
  detail    text,
  since     timestamptz not null,
  asked_at  timestamptz not null
);

-- As a witness: the largest checkpoint of each log of a partner that we have cosigned.
create table audit_witnessed (
  origin      text primary key,
  link        text not null,
  size        bigint not null,
  root        bytea not null,
  checkpoint  text not null,
  at          timestamptz not null
);

-- Checkpoints that a partner's log signed and that do not fit what it signed before: evidence against it.
create table audit_conflict (
  origin      text not null,
  checkpoint  text not null,
  at          timestamptz not null,
  primary key (origin, checkpoint)
);

-- As a mirror: the partner's log up to size, checked against its checkpoint. Rows beyond size are not checked yet.
create table audit_mirror (
  origin      text primary key,
  link        text not null,
  size        bigint not null,
  checkpoint  text,
  fault       text,
  at          timestamptz not null
);
create table audit_mirror_bundle (
  origin  text not null,
  index   bigint not null,
  bytes   bytea not null,
  primary key (origin, index)
);
create table audit_mirror_tile (
  origin  text not null,
  level   smallint not null,
  index   bigint not null,
  hashes  bytea not null,
  primary key (origin, level, index)
);
alter table audit_mirror_tile alter column hashes set storage external;
