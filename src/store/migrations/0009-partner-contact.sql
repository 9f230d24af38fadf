-- When each partner was last heard: how old the replica of its register may be.
create table link_contact (
  link      text primary key,
  heard_at  timestamptz not null
);
