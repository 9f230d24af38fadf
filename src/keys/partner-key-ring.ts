import { setTimeout as delay } from 'node:timers/promises';
import type { Link } from '../links/link.ts';
import type { Database } from '../store/database.ts';
import { listPartnerKeyRows, type PartnerKeyRow } from './partner-key-rows.ts';
import { importPartnerKey, type VerificationKeys } from './partner-keys.ts';

/** SETs with an unknown kid ask for a fresh look at most this often: anyone may name any kid. */
const LOOK_INTERVAL_MS = 250;

/**
 * What each link believes: the keys of the partner's file, with those that were confirmed on the wire and without
 * those that were revoked. Every process of this side looks now and then, and when a SET names a key it lacks.
 */
export class PartnerKeyRing {
  readonly #database: Pick<Database, 'query'>;
  readonly #links: ReadonlyMap<string, Link>;
  readonly #files = new Map<string, VerificationKeys>();
  #looking: Promise<void> | undefined;
  /** The look after the one under way, which may have missed what was just written. */
  #next: Promise<void> | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** @param links their keys are those of the files so far */
  constructor(database: Pick<Database, 'query'>, links: ReadonlyMap<string, Link>) {
    this.#database = database;
    this.#links = links;
    for (const link of links.values()) this.#files.set(link.id, link.keys);
  }

  /** The file of a link was read again. */
  setFile(id: string, { keys, encryptionKeys }: Pick<Link, 'keys' | 'encryptionKeys'>): void {
    this.#files.set(id, keys);
    const link = this.#links.get(id);
    if (link) link.encryptionKeys = encryptionKeys;
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
      link.keys = await merge(
        this.#files.get(link.id) ?? new Map(),
        rows.filter((row) => row.link === link.id),
      );
    }
    this.#lookedAt = performance.now();
  }
}

async function merge(file: VerificationKeys, rows: readonly PartnerKeyRow[]): Promise<VerificationKeys> {
  const keys = new Map(file);
  for (const { kid, thumbprint, state, jwk } of rows) {
    if (state === 'revoked') keys.delete(kid);
    // The file goes first: an operator pinned that key by hand.
    if (state !== 'pinned' || jwk === null || keys.has(kid)) continue;
    const { verification } = await importPartnerKey(`the key ${kid} in the store`, JSON.parse(jwk));
    if (verification.thumbprint === thumbprint) keys.set(kid, verification);
  }
  return keys;
}
