import type { Party } from '../../contract/party.ts';
import type { Database } from '../../store/database.ts';
import { followMessage, type MessageState } from '../../submission/follow-message.ts';

/** The latest message that could not wait: what the front line depends on most. */
export interface LatestUrgent {
  id: string;
  link: string;
  direction: 'out' | 'in';
  type: string;
  subject: string;
  name: EnterpriseName | null;
  state: MessageState;
  acceptedAt: Date;
  receiptedAt: Date | null;
  /** From acceptance to receipt. */
  seconds: number | null;
}

export interface EnterpriseName {
  native: string | null;
  latin: string | null;
}

/** Of the partner's enterprises the name is left out: it is partner data, for which a reader says what for. */
export async function readLatestUrgent(
  database: Database,
  party: Party,
  link: string | undefined,
): Promise<LatestUrgent | null> {
  const [found] = await database.query<{ id: string; native: string | null; latin: string | null }>({
    name: 'operations-latest-urgent',
    text: `select m.id, s.details #>> '{enterprise,name,native,text}' as native,
             s.details #>> '{enterprise,name,latin}' as latin
           from message m
           left join subject s on s.link = m.link and s.party = $2 and s.subject = m.subject and m.direction = 'out'
           where m.urgent and ($1::text is null or m.link = $1)
           order by m.id desc limit 1`,
    values: [link ?? null, party],
  });
  const message = found && (await followMessage(database, found.id));
  if (!found || !message) return null;
  const { id, direction, type, subject, state, acceptedAt, receiptedAt } = message;
  const name =
    found.latin === null && found.native === null ? null : { native: found.native, latin: found.latin };
  const seconds = receiptedAt && (receiptedAt.getTime() - acceptedAt.getTime()) / 1_000;
  return { id, link: message.link, direction, type, subject, name, state, acceptedAt, receiptedAt, seconds };
}
