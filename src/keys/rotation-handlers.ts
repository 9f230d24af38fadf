import { appendEntries } from '../audit/append-entries.ts';
import type { LaneRef } from '../delivery/claim-lane.ts';
import { CONTROL_LANE } from '../delivery/lane-of.ts';
import { type OwnMessageParts, sendOwnMessage } from '../delivery/send-own-message.ts';
import type { MessageData } from '../generated/messages.ts';
import type { Link } from '../links/link.ts';
import type { HandlingContext, OwnMessageHandlers } from '../reception/handle-own-messages.ts';
import type { Transaction } from '../store/database.ts';
import { activateConfirmed } from './activate-confirmed.ts';
import { type AnnouncedKey, judgeAnnounced } from './judge-announced.ts';

export interface RotationParts extends OwnMessageParts {
  /** Ids of all configured links: a next key signs when every partner has confirmed it. */
  links: readonly string[];
  trigger(refs: Iterable<LaneRef>): void;
  /** Tells this process that the keys of its links are others now. */
  changed(): void;
}

/** What the gateways' messages about keys do here (protocol.md 6). */
export function rotationHandlers(
  parts: RotationParts,
): Required<Pick<OwnMessageHandlers, 'key-rotation' | 'key-confirmed'>> {
  return {
    async 'key-rotation'(tx, received, context) {
      for (const { id, data } of received) await receiveRotation(tx, parts, id, data, context);
    },
    async 'key-confirmed'(tx, received, { link, now, afterCommit }) {
      for (const { id, data } of received) await noteConfirmation(tx, link, id, data.thumbprint, now);
      if (await activateConfirmed(tx, parts.links, now)) afterCommit(parts.changed);
    },
  };
}

/**
 * The partner's next key: pinned and confirmed at once where the link says so or the key is pinned already, else
 * kept for an operator, who reads its thumbprint back over another channel.
 */
async function receiveRotation(
  tx: Transaction,
  parts: RotationParts,
  message: string,
  data: MessageData['key-rotation'],
  { link, now, afterCommit }: HandlingContext,
): Promise<void> {
  const announced = await judgeAnnounced(data, link, now);
  if ('reason' in announced) {
    const entry = { kind: 'partner-key-refused', link: link.id, message, reason: announced.reason };
    await keepRefused(tx, link, message, data.jwk.kid, announced.reason, now);
    await appendEntries(tx, [entry], now);
    return;
  }
  const { kid, thumbprint } = announced;
  const pinned = link.keys.get(kid) ?? link.encryptionKeys.find((key) => key.kid === kid);
  const isPinned = pinned?.thumbprint === thumbprint;
  const state = await keepAnnounced(tx, link, message, announced, isPinned, now);
  const entry = { kind: 'partner-key-announced', link: link.id, message, kid, thumbprint, state };
  await appendEntries(tx, [entry], now);
  if (state !== 'pinned') return;
  // A crash after this commit leaves the confirmation in the outbox; the reconciler wakes its lane.
  await sendOwnMessage(tx, parts, link, { type: 'key-confirmed', data: { thumbprint } }, now, { kid });
  afterCommit(() => {
    parts.changed();
    parts.trigger([{ link: link.id, lane: CONTROL_LANE }]);
  });
}

/** @returns what it is now; a key that was announced before, or decided on, stays what it is */
async function keepAnnounced(
  tx: Transaction,
  link: Link,
  message: string,
  { jwk, kid, thumbprint }: AnnouncedKey,
  isPinned: boolean,
  now: Date,
): Promise<string> {
  const [row] = await tx.query<{ state: string; thumbprint: string }>({
    name: 'keys-keep-announced',
    text: `insert into partner_key (link, kid, thumbprint, jwk, state, message, at, decided_at, decided_by)
           values ($1, $2, $3, $4::json, $5, $6, $7, $8, $9)
           on conflict (link, kid) do update set
             message = excluded.message,
             thumbprint = case when partner_key.state = 'refused' then excluded.thumbprint else partner_key.thumbprint end,
             jwk = case when partner_key.state = 'refused' then excluded.jwk else partner_key.jwk end,
             reason = case when partner_key.state = 'refused' then null else partner_key.reason end,
             state = case when partner_key.state = 'refused' then excluded.state else partner_key.state end
           returning state, thumbprint`,
    values: [
      link.id,
      kid,
      thumbprint,
      JSON.stringify(jwk),
      isPinned || link.rotation === 'automatic' ? 'pinned' : 'announced',
      message,
      now,
      ...(isPinned || link.rotation === 'automatic' ? [now, link.rotation] : [null, null]),
    ],
  });
  return row?.thumbprint === thumbprint ? row.state : 'kid-taken';
}

/** A key that cannot be pinned is shown to an operator; it takes nobody's name. */
async function keepRefused(
  tx: Transaction,
  link: Link,
  message: string,
  kid: string,
  reason: string,
  now: Date,
): Promise<void> {
  await tx.query({
    name: 'keys-keep-refused',
    text: `insert into partner_key (link, kid, thumbprint, state, reason, message, at)
           values ($1, $2, '', 'refused', $3, $4, $5)
           on conflict (link, kid) do update set reason = excluded.reason, message = excluded.message, at = excluded.at
             where partner_key.state = 'refused'`,
    values: [link.id, kid, reason.slice(0, 500), message, now],
  });
}

async function noteConfirmation(
  tx: Transaction,
  link: Link,
  message: string,
  thumbprint: string,
  now: Date,
): Promise<void> {
  const noted = await tx.query<{ kid: string }>({
    name: 'keys-note-confirmation',
    text: `update key_announcement set confirmed_at = $3
           where link = $1 and thumbprint = $2 and confirmed_at is null returning kid`,
    values: [link.id, thumbprint, now],
  });
  const entries = noted.map(({ kid }) => ({
    kind: 'key-confirmed',
    link: link.id,
    message,
    kid,
    thumbprint,
  }));
  await appendEntries(tx, entries, now);
}
