-- Life of our own signing keys: next → active → retiring → retired, or revoked.
alter table own_key
  add column changed_at      timestamptz not null default now(),
  add column revoked_reason  text;

-- Which partner was told of a key of ours, and whether it has confirmed it. A next key signs when all have.
create table key_announcement (
  kid           text not null,
  link          text not null,
  thumbprint    text not null,
  message       uuid not null,
  announced_at  timestamptz not null,
  confirmed_at  timestamptz,
  primary key (kid, link)
);

-- Keys that a partner announced on the wire, and what became of them; also keys of its file that were revoked here.
-- A kid names one key for ever.
create table partner_key (
  link        text not null,
  kid         text not null,
  thumbprint  text not null,
  jwk         json,
  state       text not null check (state in ('announced', 'pinned', 'refused', 'revoked')),
  reason      text,
  message     uuid,
  at          timestamptz not null,
  decided_at  timestamptz,
  decided_by  text,
  primary key (link, kid)
);
