-- What enterprises are found by: a document each, written from the cells of its subject (register/search). A table of
-- its own, so that a new version of a subject, which changes nothing that is searched, touches no search index.
create extension if not exists pg_trgm;

create table enterprise_search (
  link             text not null,
  party            text not null,
  subject          text not null,
  -- Folded name in Latin letters, words joined by single spaces, one before the first.
  latin            text not null,
  -- Folded name in Chinese characters.
  native           text,
  -- Exact keys: identifiers, places, pairs of neighbouring Chinese characters.
  keys             text[] not null,
  regime           text,
  grade            text,
  status           text,
  next_review_due  date,
  -- Pages of a search go by a hash of the id. By the id itself they would begin with one customs district after the
  -- other, and looking for a name of the last district would walk through all others first; by the hash, what is
  -- common comes soon wherever one begins, and what is rare is found by its index.
  place            bigint not null generated always as (hashtextextended(subject, 0)) stored,
  primary key (link, party, subject)
);
create index enterprise_search_standing on enterprise_search (link, party, status, place, subject);
create index enterprise_search_grade on enterprise_search (link, party, grade, place, subject);
create index enterprise_search_place on enterprise_search (link, party, place, subject);
create index enterprise_search_review on enterprise_search (link, party, next_review_due, subject);
-- The pending list of a GIN index is read from end to end by every search: kept short.
create index enterprise_search_keys on enterprise_search using gin (keys) with (gin_pending_list_limit = 512);
create index enterprise_search_latin on enterprise_search using gin (latin gin_trgm_ops)
  with (gin_pending_list_limit = 512);

-- Subjects whose document is to be written; deleted when it is. What is on record already is queued here.
create table search_pending (
  link     text not null,
  party    text not null,
  subject  text not null
);
insert into search_pending select link, party, subject from subject where kind = 'enterprise';
