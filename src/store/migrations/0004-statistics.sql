-- Tables that only grow need neither a vacuum nor new statistics for every few thousand rows: on a busy link both ran
-- every quarter of a minute, over kilobytes that no plan asks for. (Partitions are told when they are made.)
alter table subject alter column details set statistics 0;
alter table audit_entry alter column entry set statistics 0;
alter table audit_content alter column salt set statistics 0;
alter table audit_content alter column content set statistics 0;
alter table subject_version set (autovacuum_vacuum_insert_threshold = 100000, autovacuum_analyze_threshold = 50000);
alter table subject set (autovacuum_vacuum_insert_threshold = 100000, autovacuum_analyze_threshold = 50000);
alter table audit_entry set (autovacuum_vacuum_insert_threshold = 100000, autovacuum_analyze_threshold = 50000);
alter table audit_content set (autovacuum_vacuum_insert_threshold = 100000, autovacuum_analyze_threshold = 50000);
