import type { Logger } from 'pino';
import { appendEntries } from '../audit/append-entries.ts';
import type { Party } from '../contract/party.ts';
import type { LaneRef } from '../delivery/claim-lane.ts';
import { sendAgain } from '../delivery/send-again.ts';
import { sendVoids } from '../delivery/send-void.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { OwnMessageHandler } from '../reception/handle-own-messages.ts';
import type { Transaction } from '../store/database.ts';

export interface AnsweringParts {
  log: Logger;
  party: Party;
  issuer: string;
  keyRing: KeyRing;
  trigger(refs: Iterable<LaneRef>): void;
}

type Handler = OwnMessageHandler<'resync-request'>;

/** Who bears a version of ours: the message, and the void where it was withdrawn. */
interface Bearer {
  subject: string;
  version: number;
  message: string | null;
  erased: boolean;
  voidMessage: string | null;
}

/**
 * Answers a request for versions (protocol.md 5): with the same bytes, or with the void of a withdrawn message; the
 * void is made now where an erased message has no bytes left. What is pending, parked or held comes when it comes.
 */
export function versionsAnswerer(parts: AnsweringParts): Handler {
  return async (tx, received, { link, now, afterCommit }) => {
    for (const { id, data } of received) {
      const { versions = [] } = data;
      if (versions.length === 0) continue;
      const bearers = await findBearers(tx, link.id, parts.party, versions);
      const erased = bearers.filter((b) => b.erased && b.voidMessage === null);
      const voids = await sendVoids(
        tx,
        parts,
        link,
        erased.map(({ subject, version, message }) => ({
          link: link.id,
          party: parts.party,
          subject,
          version,
          message: message ?? '',
          reason: 'erased',
        })),
        now,
      );
      const wanted = bearers.flatMap((b) => b.voidMessage ?? (b.erased ? null : b.message) ?? []);
      const { ids, lanes } = await sendAgain(tx, link, wanted, now);
      const unknown = versions.length - bearers.length;
      const entry = {
        kind: 'versions-answered',
        link: link.id,
        request: id,
        sent: ids,
        voids: [...voids.values()],
        unknown,
      };
      await appendEntries(tx, [entry], now);
      if (unknown > 0)
        parts.log.error({ link: link.id, request: id, unknown }, 'asked for versions not on record');
      const woken = erased.length > 0 ? await lanesOf(tx, link.id, [...voids.values()]) : [];
      afterCommit(() => parts.trigger([...lanes, ...woken]));
    }
  };
}

function findBearers(
  tx: Transaction,
  link: string,
  party: Party,
  versions: readonly { subject: string; version: number }[],
): Promise<Bearer[]> {
  return tx.query<Bearer>({
    name: 'resync-find-bearers',
    text: `select u.subject, u.version, coalesce(v.message, w.message) as message,
             v.message is not null and m.jws is null as erased, w.void_message as "voidMessage"
           from unnest($3::text[], $4::bigint[]) as u(subject, version)
           left join subject_version v
             on v.link = $1 and v.party = $2 and v.subject = u.subject and v.version = u.version
           left join message m on m.id = v.message and m.link = $1 and m.direction = 'out'
           left join version_void w
             on w.link = $1 and w.party = $2 and w.subject = u.subject and w.version = u.version and not w.moot
           where v.message is not null or w.message is not null`,
    values: [link, party, versions.map((v) => v.subject), versions.map((v) => v.version)],
  });
}

function lanesOf(tx: Transaction, link: string, ids: readonly string[]): Promise<LaneRef[]> {
  return tx.query<LaneRef>({
    name: 'resync-lanes-of',
    text: 'select distinct link, lane from outbox where link = $1 and id = any ($2::uuid[])',
    values: [link, ids],
  });
}
