-- Acts on many messages that take longer than a request (src/operations/jobs). What a job is about is drawn up when it
-- is made: one row for each message that is still to be done, deleted with what is done to it.
create table job (
  id            uuid primary key,
  kind          text not null check (kind in ('retry', 'withdraw', 'resubmit', 'dismiss')),
  filter        json not null,
  reason        text not null,
  by            text not null,
  link          text,
  state         text not null
                check (state in ('waiting-approval', 'queued', 'running', 'done', 'cancelled', 'failed')),
  total         bigint not null,
  done          bigint not null default 0,
  failed        bigint not null default 0,
  -- The first ones: [{id, code, detail}].
  failures      jsonb not null default '[]',
  created_at    timestamptz not null,
  started_at    timestamptz,
  ended_at      timestamptz,
  cancelled_by  text,
  approval      uuid,
  lease_until   timestamptz
);
create index job_open on job (id) where ended_at is null;

create table job_item (
  job      uuid not null,
  place    bigint not null,
  link     text not null,
  id       uuid not null,
  subject  text not null,
  primary key (job, place)
);
