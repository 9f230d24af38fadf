import type { Reader } from './read-tree.ts';

/** Something about the logs that an operator has to look at. */
export interface AuditAlert {
  code:
    | 'audit-not-cosigned'
    | 'audit-witness-refuses'
    | 'audit-restored'
    | 'audit-forked'
    | 'audit-partner-forked'
    | 'audit-mirror-late'
    | 'audit-mirror-broken'
    | 'audit-entries-pending';
  /** Null where it concerns no single link. */
  link: string | null;
  since: Date;
  /** What is the matter, in words. */
  detail: string;
}

/** A checkpoint is cosigned within a second or two; five minutes without are an alert (protocol profile, 7). */
export const COSIGNATURE_LATE_MS = 300_000;
/** Entries get their place within 200 ms; held back for a minute they show a log that is not written. */
const PENDING_LATE_MS = 60_000;

/** What is wrong with our logs and with those that we watch, now. */
export async function listAuditAlerts(reader: Reader, now: Date): Promise<AuditAlert[]> {
  const found = await Promise.all([
    witnessAlerts(reader),
    lateCosignatures(reader, now),
    watchedAlerts(reader, now),
    pendingAlert(reader, now),
  ]);
  return found.flat();
}

function witnessAlerts(reader: Reader): Promise<AuditAlert[]> {
  return reader.query<AuditAlert>({
    name: 'audit-alerts-witness',
    text: `select case state when 'behind' then 'audit-restored' when 'forked' then 'audit-forked'
                  else 'audit-witness-refuses' end as code, link, since, coalesce(detail, '') as detail
           from audit_witness where state in ('behind', 'forked', 'refused') order by link`,
    values: [],
  });
}

/** Since the first entry that a witness has not cosigned was appended. */
function lateCosignatures(reader: Reader, now: Date): Promise<AuditAlert[]> {
  return reader.query<AuditAlert>({
    name: 'audit-alerts-cosignature',
    text: `select 'audit-not-cosigned' as code, w.link, e.since,
             'our log ' || t.log || ' has ' || t.size || ' entries, ' || w.link || ' has cosigned ' || c.size
               || coalesce(': ' || w.detail, '') as detail
           from audit_witness w
           cross join audit_tree t
           cross join lateral (
             select coalesce(max(size), 0) as size from audit_cosignature where link = w.link and log = t.log) c
           cross join lateral (
             select (entry::json ->> 'time')::timestamptz as since from audit_entry where log = t.log and index = c.size) e
           where e.since < $1 and w.state not in ('behind', 'forked')
           order by w.link, t.number`,
    values: [new Date(now.getTime() - COSIGNATURE_LATE_MS)],
  });
}

function watchedAlerts(reader: Reader, now: Date): Promise<AuditAlert[]> {
  return reader.query<AuditAlert>({
    name: 'audit-alerts-watched',
    text: `select 'audit-mirror-broken' as code, link, at as since, origin || ': ' || fault as detail
           from audit_mirror where fault is not null and (at < $1 or checkpoint is null)
           union all
           select 'audit-mirror-late', w.link, w.at,
             'we have cosigned ' || w.size || ' entries of ' || w.origin || ' and keep ' || coalesce(m.size, 0)
           from audit_witnessed w left join audit_mirror m using (origin)
           where w.size > coalesce(m.size, 0) and w.at < $1 and m.fault is null
           union all
           select 'audit-partner-forked', w.link, min(c.at),
             count(*) || ' signed checkpoints of ' || c.origin || ' do not go on from what we cosigned; they are kept'
           from audit_conflict c join audit_witnessed w using (origin) group by w.link, c.origin`,
    values: [new Date(now.getTime() - COSIGNATURE_LATE_MS)],
  });
}

function pendingAlert(reader: Reader, now: Date): Promise<AuditAlert[]> {
  return reader.query<AuditAlert>({
    name: 'audit-alerts-pending',
    text: `select 'audit-entries-pending' as code, null as link, p.since, 'entries wait for their place in the log' as detail
           from (select min((entry::json ->> 'time')::timestamptz) as since from (select entry from audit_pending limit 10000) e) p
           where p.since < $1`,
    values: [new Date(now.getTime() - PENDING_LATE_MS)],
  });
}
