import { Gauge, type Registry } from 'prom-client';
import { listAuditAlerts } from './list-alerts.ts';
import type { Reader } from './read-tree.ts';

export interface LinkLag {
  link: string;
  /** Seconds since the first entry of ours that the partner has not cosigned; 0 where it has cosigned all. */
  cosigning: number;
  /** Entries of the partner's logs that we cosigned and do not keep yet. */
  mirroring: number;
}

/** Gauges of the logs for `/metrics`, read from the store when they are asked for. */
export function auditFigures(registry: Registry, reader: Reader, now: () => Date): void {
  const registers = [registry];
  new Gauge({
    name: 'mra_audit_log_entries',
    help: 'Entries in the tree of each log of ours',
    labelNames: ['log'],
    registers,
    async collect() {
      for (const { log, size } of await readSizes(reader)) this.set({ log }, size);
    },
  });
  const mirroring = new Gauge({
    name: 'mra_audit_unmirrored_entries',
    help: "Entries of a partner's logs that are cosigned and not kept yet",
    labelNames: ['link'],
    registers,
  });
  new Gauge({
    name: 'mra_audit_cosignature_lag_seconds',
    help: 'Seconds since the first entry of ours that a partner has not cosigned',
    labelNames: ['link'],
    registers,
    async collect() {
      for (const lag of await readLags(reader)) {
        this.set({ link: lag.link }, lag.cosigning);
        mirroring.set({ link: lag.link }, lag.mirroring);
      }
    },
  });
  new Gauge({
    name: 'mra_audit_alerts',
    help: 'Alerts about the logs that stand now, by code',
    labelNames: ['code'],
    registers,
    async collect() {
      this.reset();
      for (const { code } of await listAuditAlerts(reader, now())) this.inc({ code });
    },
  });
}

function readSizes(reader: Reader): Promise<{ log: string; size: number }[]> {
  return reader.query<{ log: string; size: number }>({
    name: 'audit-figure-sizes',
    text: 'select log, size from audit_tree',
    values: [],
  });
}

export function readLags(reader: Reader): Promise<LinkLag[]> {
  return reader.query<LinkLag>({
    name: 'audit-figure-lags',
    text: `select w.link,
             coalesce((select max(extract(epoch from now() - (e.entry::json ->> 'time')::timestamptz))
                       from audit_tree t
                       cross join lateral (
                         select coalesce(max(size), 0) as size from audit_cosignature where link = w.link and log = t.log) c
                       join audit_entry e on e.log = t.log and e.index = c.size), 0)::double precision as cosigning,
             coalesce((select sum(d.size - coalesce(m.size, 0))
                       from audit_witnessed d left join audit_mirror m using (origin)
                       where d.link = w.link), 0)::bigint as mirroring
           from audit_witness w`,
    values: [],
  });
}
