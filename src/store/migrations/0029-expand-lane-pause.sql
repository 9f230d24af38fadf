-- The next shift sees who paused a lane, when and why.
alter table lane add column paused_by text, add column paused_reason text, add column paused_at timestamptz;
