import { setTimeout as delay } from 'node:timers/promises';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import type { Link } from '../links/link.ts';
import type { Database } from '../store/database.ts';
import { importEncryptionKey } from './partner-encryption-keys.ts';
import { listPartnerKeyRows, type PartnerKeyRow } from './partner-key-rows.ts';
import { importPartnerKey } from './partner-keys.ts';

/** What a link verifies with, and what it encrypts to. */
type LinkKeys = Pick<Link, 'keys' | 'encryptionKeys'>;

/** SETs with an unknown kid ask for a fresh look at most this often: anyone may name any kid. */
const LOOK_INTERVAL_MS = 250;

/**
 * What each link believes: the keys of the partner's file, with those that were confirmed on the wire and without
 * those that were revoked. Every process of this side looks now and then, and when a SET names a key it lacks.
 */
export class PartnerKeyRing {
  readonly #database: Pick<Database, 'query'>;
  readonly #links: ReadonlyMap<string, Link>;
  readonly #files = new Map<string, LinkKeys>();
  #looking: Promise<void> | undefined;
  /** The look after the one under way, which may have missed what was just written. */
  #next: Promise<void> | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** @param links their keys are those of the files so far */
  constructor(database: Pick<Database, 'query'>, links: ReadonlyMap<string, Link>) {
    this.#database = database;
    this.#links = links;
    for (const link of links.values()) this.setFile(link.id, link);
  }

  /** The file of a link was read again. */
  setFile(id: string, { keys, encryptionKeys }: LinkKeys): void {
    this.#files.set(id, { keys, encryptionKeys });
  }

  /** Brings the links up to what the store has at this moment or later. */
  refresh(): Promise<void> {
    if (!this.#looking) {
      this.#looking = this.#look().finally(() => {
        this.#looking = undefined;
      });
      return this.#looking;
    }
    this.#next ??= this.#looking
      .catch(() => {})
      .then(() => {
        this.#next = undefined;
        return this.refresh();
      });
    return this.#next;
  }

  /** For a kid that is not known here: another process may have pinned it a moment ago. */
  async refreshSoon(): Promise<void> {
    await delay(Math.max(0, this.#lookedAt + LOOK_INTERVAL_MS - performance.now()));
    await this.refresh();
  }

  async #look(): Promise<void> {
    const rows = await listPartnerKeyRows(this.#database);
    for (const link of this.#links.values()) {
      const { keys, encryptionKeys } = await merge(
        this.#files.get(link.id) ?? { keys: new Map(), encryptionKeys: [] },
        rows.filter((row) => row.link === link.id),
      );
      link.keys = keys;
      link.encryptionKeys = encryptionKeys;
    }
    this.#lookedAt = performance.now();
  }
}

async function merge(file: LinkKeys, rows: readonly PartnerKeyRow[]): Promise<LinkKeys> {
  const keys = new Map(file.keys);
  const sealing = new Map(file.encryptionKeys.map((key) => [key.kid, key]));
  for (const { kid, thumbprint, state, jwk } of rows) {
    if (state === 'revoked') {
      keys.delete(kid);
      sealing.delete(kid);
    }
    // The file goes first: an operator pinned that key by hand.
    if (state !== 'pinned' || jwk === null || keys.has(kid) || sealing.has(kid)) continue;
    const entry: unknown = JSON.parse(jwk);
    const place = `the key ${kid} in the store`;
    if (isJsonObject(entry) && entry.use === 'enc') {
      const { encryption } = await importEncryptionKey(place, entry);
      if (encryption.thumbprint === thumbprint) sealing.set(kid, encryption);
    } else {
      const { verification } = await importPartnerKey(place, entry);
      if (verification.thumbprint === thumbprint) keys.set(kid, verification);
    }
  }
  return { keys, encryptionKeys: [...sealing.values()] };
}
