-- An entry with what opens it in one row: apart, each entry was two rows with a key each, written one after the other.
create table audit_entry_whole (
  log      text not null,
  index    bigint not null,
  entry    text not null,
  message  uuid,
  -- With the content, what the digest in the entry is of; both null where they are gone, which leaves the entry as it is.
  salt     bytea,
  content  text,
  gone     text check (gone in ('erased', 'lost'))
);
insert into audit_entry_whole (log, index, entry, message, salt, content, gone)
  select log, index, e.entry, e.message, c.salt, c.content, c.gone
  from audit_entry e left join audit_content c using (log, index);
drop table audit_entry, audit_content;
alter table audit_entry_whole rename to audit_entry;
alter table audit_entry rename constraint audit_entry_whole_gone_check to audit_entry_gone_check;
alter table audit_entry add primary key (log, index);
create index audit_entry_message on audit_entry (message) where message is not null;
-- It only grows: neither a vacuum nor new statistics for every few thousand rows.
alter table audit_entry alter column entry set statistics 0;
alter table audit_entry alter column salt set statistics 0;
alter table audit_entry alter column content set statistics 0;
alter table audit_entry set (autovacuum_vacuum_insert_threshold = 100000, autovacuum_analyze_threshold = 50000);
