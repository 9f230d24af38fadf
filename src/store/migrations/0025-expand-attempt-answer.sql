-- The beginning of what the partner answered, for the operator who asks why; secrets are taken out before.
alter table attempt add column answer text;
