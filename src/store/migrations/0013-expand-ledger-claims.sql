-- A digest of the partner's that waits to be compared with what we hold of its messages, and to be answered.
create table ledger_claim (
  message  uuid not null,
  link     text not null,
  data     json not null,
  at       timestamptz not null,
  primary key (message, link)
);

-- The partner's signed word that it holds the same of this hour.
alter table ledger_hour add column confirmed_by uuid;
