import type { Database } from '../../store/database.ts';

/** What small tables say of a link: what waits, what is wrong. */
export interface LinkFacts {
  id: string;
  haltedAt: Date | null;
  haltedReason: string | null;
  partnerEdition: string | null;
  receiptsOwed: number;
  /** Versions that have not come although greater ones have. */
  holes: number;
  quarantined: number;
  /** Refused messages of ours that wait for an operator. */
  refusedWaiting: number;
  /** A request of the partner's, or its answer to one of ours or to a ping. */
  heardAt: Date | null;
  skewMs: number | null;
  skewAt: Date | null;
  failingSince: Date | null;
  pingError: string | null;
  overdue: number;
  overdueSince: Date | null;
  intakeClosedAt: Date | null;
  intakeClosedReason: string | null;
  comparedAt: Date | null;
  comparedOutcome: string | null;
  comparedReason: string | null;
}

export function readLinkFacts(database: Pick<Database, 'query'>): Promise<LinkFacts[]> {
  return database.query<LinkFacts>({
    name: 'operations-link-facts',
    text: `select s.link as id, s.halted_at as "haltedAt", s.halted_reason as "haltedReason",
             s.partner_edition as "partnerEdition",
             (select count(*) from receipt_owed w where w.link = s.link) as "receiptsOwed",
             (select count(*) from version_hole h where h.link = s.link) as holes,
             (select count(*) from quarantine q where q.link = s.link) as quarantined,
             (select count(*) from dead_letter d where d.link = s.link) as "refusedWaiting",
             greatest(c.heard_at, w.answered_at) as "heardAt", w.skew_ms as "skewMs", w.answered_at as "skewAt",
             w.failing_since as "failingSince", w.error as "pingError", coalesce(w.overdue, 0) as overdue,
             w.overdue_since as "overdueSince", s.intake_closed_at as "intakeClosedAt",
             s.intake_closed_reason as "intakeClosedReason",
             l.ended_at as "comparedAt", l.outcome as "comparedOutcome", l.reason as "comparedReason"
           from link_state s
           left join link_contact c using (link)
           left join link_watch w using (link)
           left join lateral (
             select ended_at, outcome, reason from ledger_comparison
             where link = s.link order by started_at desc limit 1) l on true
           order by s.link`,
    values: [],
  });
}
