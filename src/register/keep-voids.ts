import type { Transaction } from '../store/database.ts';
import type { SubjectKey } from './subject-key.ts';

/** One version of a subject. */
export interface SubjectVersion extends SubjectKey {
  version: number;
}

/** A version-void of the partner's, or one of our own when we withdraw. */
export interface VoidedVersion extends SubjectVersion {
  /** The message that bore the version. */
  message: string;
  /** The version-void itself. */
  voidMessage: string;
  reason: string;
  /** The message is held all the same and counts. */
  moot: boolean;
}

/** Keeps voids, the first one of a version. */
export async function keepVoids(tx: Transaction, voids: readonly VoidedVersion[], now: Date): Promise<void> {
  if (voids.length === 0) return;
  await tx.query({
    name: 'register-keep-voids',
    text: `insert into version_void (link, party, subject, version, message, void_message, reason, moot, at)
           select *, $9 from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::uuid[], $6::uuid[],
             $7::text[], $8::boolean[])
           on conflict (link, party, subject, version) do nothing`,
    values: [
      voids.map((v) => v.link),
      voids.map((v) => v.party),
      voids.map((v) => v.subject),
      voids.map((v) => v.version),
      voids.map((v) => v.message),
      voids.map((v) => v.voidMessage),
      voids.map((v) => v.reason),
      voids.map((v) => v.moot),
      now,
    ],
  });
}

/** Marks voids whose message came after all: it counts, and its version belongs to it again. */
export async function markMoot(tx: Transaction, versions: readonly SubjectVersion[]): Promise<void> {
  if (versions.length === 0) return;
  await tx.query({
    name: 'register-mark-moot',
    text: `update version_void w set moot = true
           from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as u(link, party, subject, version)
           where w.link = u.link and w.party = u.party and w.subject = u.subject and w.version = u.version`,
    values: [
      versions.map((v) => v.link),
      versions.map((v) => v.party),
      versions.map((v) => v.subject),
      versions.map((v) => v.version),
    ],
  });
}

/** Marks our own voids of messages that the partner says it accepted after all. */
export async function markMootOf(tx: Transaction, link: string, messages: readonly string[]): Promise<void> {
  if (messages.length === 0) return;
  await tx.query({
    name: 'register-mark-moot-of',
    text: 'update version_void set moot = true where link = $1 and message = any ($2::uuid[]) and not moot',
    values: [link, messages],
  });
}
