import { countsAs, statedStanding } from '../contract/cells.ts';
import { type BusinessMessage, isBusinessType } from '../contract/messages.ts';
import type { Party } from '../contract/party.ts';
import { uuidTime } from '../envelope/message-id.ts';
import { kindOf } from '../register/lock-subjects.ts';
import { columnArray } from '../store/array-literal.ts';
import type { Transaction } from '../store/database.ts';
import type { ReturnedMessage } from './fetch-own-sets.ts';

/**
 * Gives messages of ours that were put back their versions again, whoever holds them: it was withdrawn for that. None
 * stands yet; the caller lets those stand that the partner accepted, which brings the cells up to them.
 */
export async function putVersionsBack(
  tx: Transaction,
  party: Party,
  link: string,
  messages: readonly ReturnedMessage[],
): Promise<void> {
  if (messages.length === 0) return;
  const rows = messages.map(rowOf);
  await tx.query({
    name: 'ledger-put-subjects-back',
    text: `insert into subject as s (link, party, subject, kind, last_version)
           select $1, $2, u.subject, coalesce(max(u.kind) filter (where u.kind <> 'unknown'), 'unknown'), max(u.version)
           from unnest($3::text[], $4::text[], $5::bigint[]) as u(subject, kind, version)
           group by u.subject order by u.subject
           on conflict (link, party, subject) do update set
             last_version = greatest(s.last_version, excluded.last_version),
             kind = case when s.kind = 'unknown' then excluded.kind else s.kind end`,
    values: [
      link,
      party,
      columnArray(rows.map((r) => r.subject)),
      columnArray(rows.map((r) => r.kind)),
      columnArray(rows.map((r) => r.version)),
    ],
  });
  const bearing = rows.filter((row) => row.standing !== undefined);
  await tx.query({
    name: 'ledger-put-versions-back',
    text: `insert into subject_version
             (link, party, subject, version, counts_as, message, type, refused, effective, regime, grade, status, at)
           select $1, $2, u.subject, u.version, u.counts_as, u.message, u.type, true,
                  u.effective, u.regime, u.grade, u.status, u.at
           from unnest($3::text[], $4::bigint[], $5::bigint[], $6::uuid[], $7::text[], $8::date[], $9::text[],
                       $10::text[], $11::text[], $12::timestamptz[])
             as u(subject, version, counts_as, message, type, effective, regime, grade, status, at)
           on conflict (link, party, subject, version) do update set
             counts_as = excluded.counts_as, message = excluded.message, type = excluded.type, refused = true,
             effective = excluded.effective, regime = excluded.regime, grade = excluded.grade,
             status = excluded.status, at = excluded.at
             where subject_version.message <> excluded.message`,
    values: [
      link,
      party,
      columnArray(bearing.map((r) => r.subject)),
      columnArray(bearing.map((r) => r.version)),
      columnArray(bearing.map((r) => r.countsAs)),
      columnArray(bearing.map((r) => r.message)),
      columnArray(bearing.map((r) => r.type)),
      columnArray(bearing.map((r) => r.standing?.effective ?? null)),
      columnArray(bearing.map((r) => r.standing?.regime ?? null)),
      columnArray(bearing.map((r) => r.standing?.grade ?? null)),
      columnArray(bearing.map((r) => r.standing?.status ?? null)),
      columnArray(bearing.map((r) => r.at)),
    ],
  });
  await tx.query({
    name: 'ledger-count-versions',
    text: `update subject s set versions_held = (
             select count(*) from subject_version v
             where v.link = s.link and v.party = s.party and v.subject = s.subject)
           where s.link = $1 and s.party = $2 and s.subject = any ($3::text[])`,
    values: [link, party, columnArray([...new Set(rows.map((r) => r.subject))])],
  });
}

/** A void spends a version and bears none: its `standing` is undefined. */
function rowOf({ set }: ReturnedMessage) {
  const { type, version = 0, data } = set.event;
  const message = isBusinessType(type) ? ({ type, data } as BusinessMessage) : undefined;
  return {
    subject: set.subject,
    kind: message ? kindOf(message.type) : 'unknown',
    version,
    countsAs: message ? countsAs(message, version) : version,
    message: set.jti,
    type,
    standing: message ? statedStanding(message) : undefined,
    at: new Date(uuidTime(set.jti)),
  };
}
