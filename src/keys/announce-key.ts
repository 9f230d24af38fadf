import type { OwnMessageParts } from '../delivery/send-own-message.ts';
import { sendOwnMessage } from '../delivery/send-own-message.ts';
import type { Algorithm } from '../envelope/algorithms.ts';
import type { MessageData } from '../generated/messages.ts';
import type { Link } from '../links/link.ts';
import type { Transaction } from '../store/database.ts';
import type { OwnDecryptionKey } from './decryption-keys.ts';
import type { OwnKey } from './key-ring.ts';
import { keyFault } from './keys-error.ts';

/**
 * Announces a next key to every partner, signed by the key that signs now (protocol.md 6). Announcing again does no
 * harm: a partner that holds the key confirms it again.
 *
 * @returns the links whose partner was told
 */
export async function announceKey(
  tx: Transaction,
  parts: OwnMessageParts,
  links: readonly Link[],
  key: OwnKey,
  by: string,
  now: Date,
): Promise<string[]> {
  const { notAfter } = key;
  if (!notAfter) throw keyFault('malformed', key.kid, 'has no notAfter; a key that is announced has an end');
  await enterNext(tx, key);
  await announce(tx, parts, links, { ...key, data: rotationOf(key, notAfter) }, by, now);
  return links.map(({ id }) => id);
}

/**
 * Announces a key that partners are to encrypt to. A partner that pins it confirms it and writes to it from then on;
 * the ones of before open what is under way, until their files are taken away.
 *
 * @returns the links whose partner was told: those whose SETs are encrypted
 */
export async function announceEncryptionKey(
  tx: Transaction,
  parts: OwnMessageParts,
  links: readonly Link[],
  key: OwnDecryptionKey,
  by: string,
  now: Date,
): Promise<string[]> {
  const { notAfter } = key;
  if (!notAfter) throw keyFault('malformed', key.kid, 'has no notAfter; a key that is announced has an end');
  const encrypted = links.filter(({ encryption }) => encryption !== 'none');
  await announce(tx, parts, encrypted, { ...key, data: rotationOf(key, notAfter) }, by, now);
  return encrypted.map(({ id }) => id);
}

interface Announcement {
  kid: string;
  thumbprint: string;
  data: MessageData['key-rotation'];
}

async function announce(
  tx: Transaction,
  parts: OwnMessageParts,
  links: readonly Link[],
  { kid, thumbprint, data }: Announcement,
  by: string,
  now: Date,
): Promise<void> {
  for (const link of links) {
    const message = await sendOwnMessage(tx, parts, link, { type: 'key-rotation', data }, now, { by, kid });
    await tx.query({
      name: 'keys-note-announcement',
      text: `insert into key_announcement (kid, link, thumbprint, message, announced_at) values ($1, $2, $3, $4, $5)
             on conflict (kid, link) do update set message = excluded.message, announced_at = excluded.announced_at`,
      values: [kid, link.id, thumbprint, message, now],
    });
  }
}

async function enterNext(
  tx: Transaction,
  { kid, thumbprint, alg, notBefore, notAfter }: OwnKey,
): Promise<void> {
  const entered = await tx.query({
    name: 'keys-enter-next',
    text: `insert into own_key (kid, thumbprint, alg, state, not_before, not_after)
           values ($1, $2, $3::text, 'next', $4, $5)
           on conflict (kid) do update set kid = excluded.kid where own_key.state = 'next' returning kid`,
    values: [kid, thumbprint, alg satisfies Algorithm, notBefore, notAfter ?? null],
  });
  if (entered.length === 0) throw keyFault('kid-taken', kid, 'is no key that waits for its turn');
}

function rotationOf(
  { publicJwk, notBefore }: Pick<OwnKey | OwnDecryptionKey, 'publicJwk' | 'notBefore'>,
  notAfter: Date,
): MessageData['key-rotation'] {
  const { nbf: _nbf, exp: _exp, ...jwk } = publicJwk;
  return {
    jwk: jwk as MessageData['key-rotation']['jwk'],
    notBefore: notBefore.toISOString(),
    notAfter: notAfter.toISOString(),
  };
}
