-- Alerts that stand, as they were last seen (src/operations/alerts): who watches tells of those that come and go. Where
-- they come from is looked up anew each time; this is only what was told. Deleted when they are over.
create table alert (
  id         text primary key,
  severity   text not null,
  alert      json not null,
  raised_at  timestamptz not null,
  seen_at    timestamptz not null
);

-- What operators said of an alert. An acknowledgement ends with the alert, a mute with its time.
create table alert_handling (
  id               text primary key,
  acknowledged_by  text,
  acknowledged_at  timestamptz,
  muted_until      timestamptz,
  muted_by         text,
  mute_reason      text
);

-- Notes for the next shift, of an alert or of none.
create table operator_note (
  id     uuid primary key,
  by     text not null,
  at     timestamptz not null,
  text   text not null,
  alert  text
);
create index operator_note_alert on operator_note (alert) where alert is not null;

-- What is still to be told to the webhook; deleted when it has taken it, or after a day.
create table alert_notice (
  id          uuid primary key,
  body        text not null,
  created_at  timestamptz not null,
  due_at      timestamptz not null,
  attempts    integer not null default 0,
  error       text
);

-- One row: whoever locks it compares what stands with what was told.
create table alert_watch (
  only_row   boolean primary key default true check (only_row),
  looked_at  timestamptz
);
insert into alert_watch default values;
