import type { Secret } from '../config/secrets.ts';
import type { DecryptionKeys } from '../envelope/seal-set.ts';
import { decryptionKeys, loadDecryptionKeys, type OwnDecryptionKey } from './decryption-keys.ts';
import { type KeyRing, loadKeyRing, type OwnKey, type Signer } from './key-ring.ts';
import type { KeyState, OwnKeyRow } from './own-keys.ts';
import { type PublicJwks, publicJwks } from './public-jwks.ts';

/** Where the private keys are, as the configuration has it. */
export interface KeyFolder {
  private: string;
  passphrase?: Secret;
}

/** The key ring of a running gateway: keys that were made meanwhile are found without a restart. */
export class LiveKeyRing implements KeyRing {
  readonly #directory: string;
  readonly #passphrase: Secret | undefined;
  #ring: KeyRing;
  #states: ReadonlyMap<string, KeyState> = new Map();

  #decryption: readonly OwnDecryptionKey[];

  private constructor(
    { private: directory, passphrase }: KeyFolder,
    ring: KeyRing,
    decryption: readonly OwnDecryptionKey[],
  ) {
    this.#directory = directory;
    this.#passphrase = passphrase;
    this.#ring = ring;
    this.#decryption = decryption;
  }

  static async open(keys: KeyFolder): Promise<LiveKeyRing> {
    const { private: directory, passphrase } = keys;
    const ring = await loadKeyRing(directory, passphrase);
    return new LiveKeyRing(keys, ring, await loadDecryptionKeys(directory, passphrase));
  }

  /** Private keys that open SETs to us. */
  get decryption(): DecryptionKeys {
    return decryptionKeys(this.#decryption);
  }

  /** The same, with their names and times. */
  get decryptionKeys(): readonly OwnDecryptionKey[] {
    return this.#decryption;
  }

  get keys(): readonly OwnKey[] {
    return this.#ring.keys;
  }

  signer(kid: string): Signer | undefined {
    return this.#ring.signer(kid);
  }

  /** What the store last said. */
  setStates(rows: readonly Pick<OwnKeyRow, 'kid' | 'state'>[]): void {
    this.#states = new Map(rows.map(({ kid, state }) => [kid, state]));
  }

  /** The public key set: what a revoked key signed is nobody's word. */
  get published(): PublicJwks {
    const signing = this.#ring.keys.filter(({ kid }) => this.#states.get(kid) !== 'revoked');
    return publicJwks({ keys: signing }, this.#decryption);
  }

  async find(kid: string): Promise<Signer | undefined> {
    await this.reload();
    return this.signer(kid);
  }

  /** @throws {KeysError} where a file is no usable key; the keys of before are then kept */
  async reload(): Promise<void> {
    const decryption = await loadDecryptionKeys(this.#directory, this.#passphrase);
    this.#ring = await loadKeyRing(this.#directory, this.#passphrase);
    this.#decryption = decryption;
  }
}
