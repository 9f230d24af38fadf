import type { DetailsCell, StandingCell } from '../contract/cells.ts';
import { readStoredSet } from '../envelope/read-set.ts';
import { parties } from '../generated/codes.ts';
import type { Transaction } from '../store/database.ts';
import { type LockedSubject, lockSubjects } from './lock-subjects.ts';
import { type SubjectKey, subjectKeyText } from './subject-key.ts';
import { writeVersions } from './write-versions.ts';

/** A version of our own register that a message bore, by its message. */
interface Restated extends SubjectKey {
  version: number;
}

/**
 * Lets versions of our own register stand or fall by their messages, and brings the cells to the greatest versions
 * that stand (api.md, Operate): a refused or withdrawn message gives up its cells, so that the same can be submitted
 * again; a receipt that says it was accepted after all puts them back. What already is so stays as it is.
 *
 * @param ids messages of ours on the link; those without a version are passed over
 */
export async function restateSubjects(
  tx: Transaction,
  link: string,
  ids: readonly string[],
  { stands, now }: { stands: boolean; now: Date },
): Promise<void> {
  if (ids.length === 0) return;
  const concerned = await versionsOf(tx, link, ids);
  if (concerned.length === 0) return;
  const locked = await lockSubjects(
    tx,
    concerned.map(({ link, party, subject }) => ({ link, party, subject, kind: 'unknown' })),
  );
  if (!(await mark(tx, concerned, stands))) return;
  const subjects = [...locked.values()];
  const cells = await greatestStanding(tx, subjects);
  for (const subject of subjects) subject.state = stateOf(subject, cells.get(subjectKeyText(subject)));
  await writeVersions(tx, [], subjects, now);
}

function versionsOf(tx: Transaction, link: string, ids: readonly string[]): Promise<Restated[]> {
  return tx.query<Restated>({
    name: 'register-versions-of-messages',
    // By its key, message for message, whatever the planner knows of the tables: after a restore that is little.
    text: `select v.link, v.party, v.subject, v.version
           from message m
           cross join unnest($3::text[]) as p(party)
           cross join lateral (
             select * from subject_version v
             where v.link = m.link and v.party = p.party and v.subject = m.subject and v.version = m.version limit 1) v
           where m.id = any ($2::uuid[]) and m.link = $1 and m.direction = 'out' and m.version is not null
             and v.message = m.id`,
    values: [link, ids, parties.map(({ code }) => code)],
  });
}

/** @returns whether any of them changed */
async function mark(tx: Transaction, versions: readonly Restated[], stands: boolean): Promise<boolean> {
  const changed = await tx.query({
    name: 'register-mark-standing',
    text: `update subject_version v set refused = $5
           from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as u(link, party, subject, version)
           where v.link = u.link and v.party = u.party and v.subject = u.subject and v.version = u.version
             and v.refused is distinct from $5
           returning 1`,
    values: [
      versions.map((v) => v.link),
      versions.map((v) => v.party),
      versions.map((v) => v.subject),
      versions.map((v) => v.version),
      !stands,
    ],
  });
  return changed.length > 0;
}

interface CellRow extends SubjectKey {
  detailsVersion: number | null;
  detailsCountsAs: number;
  detailsMessage: string;
  detailsAt: Date;
  detailsJws: string | null;
  standingVersion: number | null;
  standingCountsAs: number;
  standingMessage: string;
  standingAt: Date;
  effective: string;
  regime: string;
  grade: string | null;
  status: StandingCell['status'];
}

/** The greatest version that stands, for each cell; what the details say is in the message alone. */
async function greatestStanding(
  tx: Transaction,
  subjects: readonly LockedSubject[],
): Promise<Map<string, CellRow>> {
  const rows = await tx.query<CellRow>({
    name: 'register-greatest-standing',
    text: `select u.link, u.party, u.subject,
             d.version as "detailsVersion", d.counts_as as "detailsCountsAs", d.message as "detailsMessage",
             d.at as "detailsAt", d.jws as "detailsJws",
             s.version as "standingVersion", s.counts_as as "standingCountsAs", s.message as "standingMessage",
             s.at as "standingAt", s.effective, s.regime, s.grade, s.status
           from unnest($1::text[], $2::text[], $3::text[]) as u(link, party, subject)
           left join lateral (
             select v.version, v.counts_as, v.message, v.at, m.jws
             from subject_version v join message m on m.id = v.message and m.link = v.link and m.direction = 'out'
             where v.link = u.link and v.party = u.party and v.subject = u.subject and not v.refused
               and v.type in ('enterprise-status', 'validation-result')
             order by v.counts_as desc, v.version desc limit 1) d on true
           left join lateral (
             select v.version, v.counts_as, v.message, v.at, v.effective, v.regime, v.grade, v.status
             from subject_version v
             where v.link = u.link and v.party = u.party and v.subject = u.subject and not v.refused
               and v.status is not null
             order by v.counts_as desc, v.version desc limit 1) s on true`,
    values: [subjects.map((s) => s.link), subjects.map((s) => s.party), subjects.map((s) => s.subject)],
  });
  return new Map(rows.map((row) => [subjectKeyText(row), row]));
}

function stateOf({ state }: LockedSubject, row: CellRow | undefined): LockedSubject['state'] {
  return {
    lastVersion: state.lastVersion,
    details: detailsOf(state.details, row),
    standing: standingOf(row),
  };
}

/** An erased message has nothing to say any more: its subject is without details. */
function detailsOf(held: DetailsCell | null, row: CellRow | undefined): DetailsCell | null {
  if (!row || row.detailsVersion === null || row.detailsJws === null) return null;
  if (held?.messageId === row.detailsMessage) return held;
  return {
    version: row.detailsVersion,
    countsAs: row.detailsCountsAs,
    messageId: row.detailsMessage,
    at: row.detailsAt,
    data: readStoredSet(row.detailsJws).event.data as DetailsCell['data'],
  };
}

function standingOf(row: CellRow | undefined): StandingCell | null {
  if (!row || row.standingVersion === null) return null;
  return {
    version: row.standingVersion,
    countsAs: row.standingCountsAs,
    messageId: row.standingMessage,
    at: row.standingAt,
    effective: row.effective,
    regime: row.regime,
    grade: row.grade,
    status: row.status,
  };
}
