-- What the reconciliation has hashed before: each record's hash with what it was computed from, so that a register that
-- did not change is compared without being parsed again. Nothing is believed by it: a row that is not what was hashed
-- is hashed anew. An older program goes on beside it.
create table record_hash (
  link     text not null,
  party    text not null,
  subject  text not null,
  -- The first 12 bits of the SHA-256 of the id.
  bucket   integer not null,
  -- SHA-256 over the row and its versions as they were hashed.
  seen     bytea not null,
  sha256   bytea not null,
  primary key (link, party, subject)
);
-- Filled late, beside the search documents.
insert into search_pending select link, party, subject from subject where kind = 'enterprise';

-- Enterprises of ours that the partner erased on its side: what was said up to then is not compared.
create table partner_erasure (
  link     text not null,
  subject  text not null,
  at       timestamptz not null,
  primary key (link, subject)
);
