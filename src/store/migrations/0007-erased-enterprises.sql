-- Enterprises whose data were erased, each time with its instant: what came later is not concerned. The same list is
-- kept in a file outside of every backup; what the file has and this table has not was undone by a restore.
create table erased_enterprise (
  subject  text not null,
  at       timestamptz not null,
  reason   text not null,
  by       text not null,
  primary key (subject, at)
);
