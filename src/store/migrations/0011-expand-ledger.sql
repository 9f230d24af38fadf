-- What the comparison of the two sides' sets needs. An older program goes on beside it: it reads none of this.

-- The digest of an hour is over ids and hashes: with the hash in the key's index it reads 100 bytes a message in
-- place of the page that holds its bytes.
alter table message drop constraint message_pkey;
alter table message add primary key (id, link, direction) include (sha256);

-- restored_from: when the backup was taken that this store was last restored from.
alter table store_meta
  add column restored_at timestamptz,
  add column restored_from timestamptz;

-- intake_closed_at: back ends are answered 503 until the link is compared or recovered.
-- partner_store: the incarnation of the partner's store that it last named; another one means a restore there.
-- compare_at: when the next comparison is due; whoever moves it on runs it.
alter table link_state
  add column intake_closed_at timestamptz,
  add column intake_closed_reason text,
  add column partner_store uuid,
  add column compare_at timestamptz not null default now(),
  add column compare_all boolean not null default false,
  add column compared_at timestamptz,
  add column compared_all_at timestamptz;

-- An hour of message ids for which both sides hold the same messages of ours.
create table ledger_hour (
  link       text not null,
  hour       timestamptz not null,
  count      bigint not null,
  hash       bytea not null,
  agreed_at  timestamptz not null,
  primary key (link, hour)
);

-- One comparison, for operators.
create table ledger_comparison (
  id                uuid primary key,
  link              text not null,
  reason            text not null,
  started_at        timestamptz not null,
  ended_at          timestamptz not null,
  since             timestamptz not null,
  until             timestamptz not null,
  outcome           text not null,
  findings          json not null
);
create index ledger_comparison_link on ledger_comparison (link, started_at);
