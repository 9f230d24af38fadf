-- When what is past its time was last removed; whoever moves it on does it.
alter table store_meta add column retention_at timestamptz;

create index attempt_started_at on attempt using brin (started_at);
