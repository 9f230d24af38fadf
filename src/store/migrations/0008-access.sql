-- A console session: its cookie is stored as a hash, like a token. It ends with the token that opened it; of a
-- token of the identity provider nothing is stored but what it said, so the session ends when that expires.
create table session (
  sha256        bytea primary key,
  access_token  uuid references access_token (id),
  principal     json not null,
  name          text not null,
  opened_at     timestamptz not null,
  seen_at       timestamptz not null,
  expires_at    timestamptz not null
);
create index session_name on session (name, opened_at);

-- An act that waits for a second person. What is decided stays as the record of who decided it.
create table approval (
  id            uuid primary key,
  kind          text not null,
  params        json not null,
  summary       text not null,
  reason        text not null,
  requested_by  text not null,
  person        text not null,
  requested_at  timestamptz not null,
  expires_at    timestamptz not null,
  decision      text check (decision in ('approved', 'rejected', 'withdrawn')),
  decided_by    text,
  decided_at    timestamptz,
  result        json
);
create index approval_requested on approval (requested_at, id);

-- One process that notes reads of partner data in memory before they are on record. A row that is not seen any more
-- and did not end tells of a crash, which may have lost the reads since it was last seen.
create table read_log (
  id        uuid primary key,
  since     timestamptz not null,
  seen_at   timestamptz not null
);
