-- The comparison of the registers themselves (protocol.md 5). An older program goes on beside it: it reads none of this.

-- One run: of our own register, whose records the partner compares with its copy, or of our copy of the partner's.
-- state: settling (what was accepted up to `until` is to be delivered first, then the digest is sent), awaiting (the
-- partner's turn), comparing (its digest is here), held (more records are to be sent than may be without an operator),
-- ended. What is due and on nobody's lease is taken by any process.
create table reconciliation (
  id           uuid primary key,
  link         text not null,
  register     text not null check (register in ('own', 'partner')),
  reason       text not null check (reason in ('demand', 'daily', 'partner')),
  asked_by     text,
  dry_run      boolean not null,
  state        text not null check (state in ('settling', 'awaiting', 'comparing', 'held', 'ended')),
  round        integer not null default 1,
  until        timestamptz,
  digest       uuid,
  root         bytea,
  due_at       timestamptz not null,
  lease_until  timestamptz,
  released_by  text,
  answered     bigint not null default 0,
  started_at   timestamptz not null,
  ended_at     timestamptz,
  outcome      text check (outcome in ('equal', 'repaired', 'differs', 'unsettled', 'unanswered')),
  findings     json not null default '{}'
);
-- One at a time for each of the two registers of a link.
create unique index reconciliation_open on reconciliation (link, register) where ended_at is null;
create index reconciliation_link on reconciliation (link, started_at, id);

-- Requests of the partner for records that are not answered yet.
create table records_asked (
  message  uuid not null,
  link     text not null,
  primary key (link, message)
);

-- When our register is next to be compared; whoever moves it on begins.
alter table link_state add column reconcile_at timestamptz not null default now() + interval '1 day';
