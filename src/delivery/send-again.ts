import { neededEdition } from '../contract/edition.ts';
import { GATEWAY_SUBJECT } from '../envelope/event-types.ts';
import type { Link } from '../links/link.ts';
import type { Transaction } from '../store/database.ts';
import type { LaneRef } from './claim-lane.ts';
import { CONTROL_LANE, laneOf } from './lane-of.ts';

export interface SentAgain {
  /** Messages that are in the outbox now and were not before. */
  ids: string[];
  /** Lanes to be woken after the commit. */
  lanes: LaneRef[];
}

/**
 * Puts messages of ours into the outbox again, with the bytes that were signed when they were accepted, whatever the
 * partner answered before. What is still pending, parked, erased, or withdrawn before the partner had it is passed
 * over. A repeat of what the partner holds has no effect there.
 */
export async function sendAgain(
  tx: Transaction,
  link: Link,
  ids: readonly string[],
  now: Date,
): Promise<SentAgain> {
  if (ids.length === 0) return { ids: [], lanes: [] };
  const rows = await tx.query<{ id: string; subject: string; type: string; urgent: boolean }>({
    name: 'delivery-find-to-send-again',
    text: `select m.id, m.subject, m.type, m.urgent from message m
           where m.id = any ($2::uuid[]) and m.link = $1 and m.direction = 'out' and m.jws is not null
             and (not exists (select from withdrawal w where w.id = m.id and w.link = m.link)
                  or exists (select from delivery d where d.id = m.id and d.link = m.link
                             and d.outcome in ('delivered', 'refused')))
           order by m.subject, m.version`,
    values: [link.id, ids],
  });
  const lanes = rows.map((m) =>
    m.subject === GATEWAY_SUBJECT ? CONTROL_LANE : laneOf(m.subject, link.lanes),
  );
  const sent = await tx.query<{ id: string; lane: string }>({
    name: 'delivery-send-again',
    text: `insert into outbox (link, lane, id, subject, urgent, edition, at)
           select $1, u.lane, u.id, u.subject, u.urgent, u.edition, $7
           from unnest($2::text[], $3::uuid[], $4::text[], $5::boolean[], $6::integer[])
             with ordinality as u(lane, id, subject, urgent, edition, place)
           order by u.place
           on conflict (id, link) do nothing
           returning id, lane`,
    values: [
      link.id,
      lanes,
      rows.map((m) => m.id),
      rows.map((m) => m.subject),
      rows.map((m) => m.urgent),
      rows.map((m) => neededEdition(m.type)),
      now,
    ],
  });
  return {
    ids: sent.map((m) => m.id),
    lanes: [...new Set(sent.map((m) => m.lane))].map((lane) => ({ link: link.id, lane })),
  };
}
