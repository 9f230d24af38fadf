import { countsAs, statedStanding } from '../contract/cells.ts';
import type { BusinessMessage } from '../contract/messages.ts';
import { readStoredSet } from '../envelope/read-set.ts';
import type { StoredVersion } from '../register/state-at.ts';
import { columnArray, plainTextArray } from '../store/array-literal.ts';
import type { Transaction } from '../store/database.ts';
import type { Register } from './read-records.ts';

/** A version that is not in the register although its message is held, with the message's own bytes. */
export interface LostVersion extends StoredVersion {
  jws: string;
}

interface LostRow {
  id: string;
  subject: string;
  version: number;
  type: string;
  jws: string;
  at: Date;
  refused: boolean;
}

/** Whether a message `m` spends its version and says nothing: refused or withdrawn, and not accepted after all. */
export const REFUSED_SQL = `(m.outcome = 'refused' or ((
    exists (select from withdrawal w where w.id = m.id and w.link = m.link)
    or exists (select from delivery d where d.id = m.id and d.link = m.link and d.outcome = 'refused')
    or exists (select from receipt r where r.id = m.id and r.link = m.link and r.outcome = 'refused'))
  and not exists (select from receipt r where r.id = m.id and r.link = m.link and r.outcome = 'accepted')))`;

/** Messages of enterprises that are held and are no version of the register; erased ones are gone. */
const LOST = `
  select m.id, m.subject, m.version, m.type, m.jws, m.at, ${REFUSED_SQL} as refused
  from message m
  where m.link = $1 and m.direction = $3 and m.version is not null and m.jws is not null
    and m.type in ('enterprise-status', 'certification-change')
    and not exists (select from subject_version v
                    where v.link = m.link and v.party = $2 and v.subject = m.subject and v.version = m.version)`;

/**
 * By their enterprises, which walks through all messages once: for a repair, never for a request.
 *
 * @param subjects up to some hundred
 */
export async function findLost(
  tx: Pick<Transaction, 'query'>,
  register: Register,
  subjects: readonly string[],
): Promise<LostVersion[]> {
  if (subjects.length === 0) return [];
  const { link, party, direction } = register;
  const rows = await tx.query<LostRow>({
    name: 'reconciliation-lost-of-subjects',
    text: `${LOST} and m.subject = any ($4::text[])`,
    values: [link, party, direction, columnArray(subjects)],
  });
  return rows.map((row) => lostOf(row, register));
}

/** Of these messages, those that are lost. */
export async function findLostAmong(
  tx: Pick<Transaction, 'query'>,
  register: Register,
  messages: readonly string[],
): Promise<LostVersion[]> {
  if (messages.length === 0) return [];
  const { link, party, direction } = register;
  const rows = await tx.query<LostRow>({
    name: 'reconciliation-lost-among',
    text: `${LOST} and m.id = any ($4::uuid[])`,
    values: [link, party, direction, plainTextArray(messages)],
  });
  return rows.map((row) => lostOf(row, register));
}

function lostOf({ id, refused, ...row }: LostRow, register: Register): LostVersion {
  const { link, party } = register;
  return {
    ...asSaid({ link, party, ...row, message: id, refused, ...UNSAID }, row.jws, register),
    jws: row.jws,
  };
}

/** A version as its message says it; what the partner sent and we refused may be anything and says nothing. */
export function asSaid(version: StoredVersion, jws: string, { direction }: Register): StoredVersion {
  if (version.refused && direction === 'in') {
    const { effective, regime, grade, status } = UNSAID;
    return { ...version, countsAs: version.version, effective, regime, grade, status };
  }
  const message = { type: version.type, data: readStoredSet(jws).event.data } as BusinessMessage;
  const { effective, regime, grade, status } = statedStanding(message) ?? UNSAID;
  return { ...version, countsAs: countsAs(message, version.version), effective, regime, grade, status };
}

const UNSAID = { countsAs: 0, effective: null, regime: null, grade: null, status: null };
/** Gives versions their rows again, as of when their messages came. */
export async function putBack(
  tx: Pick<Transaction, 'query'>,
  versions: readonly StoredVersion[],
): Promise<void> {
  if (versions.length === 0) return;
  await tx.query({
    name: 'reconciliation-put-versions-back',
    text: `with holes as (
             delete from version_hole h using unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
               as u(link, party, subject, version)
             where h.link = u.link and h.party = u.party and h.subject = u.subject and h.version = u.version
           )
           insert into subject_version
             (link, party, subject, version, counts_as, message, type, refused, effective, regime, grade, status, at)
           select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::uuid[], $7::text[],
             $8::boolean[], $9::date[], $10::text[], $11::text[], $12::text[], $13::timestamptz[])
           on conflict (link, party, subject, version) do nothing`,
    values: [
      columnArray(versions.map((v) => v.link)),
      columnArray(versions.map((v) => v.party)),
      columnArray(versions.map((v) => v.subject)),
      columnArray(versions.map((v) => v.version)),
      columnArray(versions.map((v) => v.countsAs)),
      columnArray(versions.map((v) => v.message)),
      columnArray(versions.map((v) => v.type)),
      columnArray(versions.map((v) => v.refused)),
      columnArray(versions.map((v) => v.effective)),
      columnArray(versions.map((v) => v.regime)),
      columnArray(versions.map((v) => v.grade)),
      columnArray(versions.map((v) => v.status)),
      columnArray(versions.map((v) => v.at)),
    ],
  });
}
