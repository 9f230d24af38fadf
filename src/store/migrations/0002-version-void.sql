-- The version of a message that its sender withdrew before it was delivered. The message may have arrived all the
-- same, before or after: then it counts, its row in subject_version says so, and the void is moot.
create table version_void (
  link          text not null,
  party         text not null,
  subject       text not null,
  version       bigint not null,
  message       uuid not null,
  void_message  uuid not null,
  reason        text not null,
  moot          boolean not null default false,
  at            timestamptz not null,
  primary key (link, party, subject, version)
);
create index version_void_message on version_void (message);
