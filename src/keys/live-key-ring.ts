import { type KeyRing, loadKeyRing, type OwnKey, type Signer } from './key-ring.ts';

/** The key ring of a running gateway: keys that were made meanwhile are found without a restart. */
export class LiveKeyRing implements KeyRing {
  readonly #directory: string;
  #ring: KeyRing;

  private constructor(directory: string, ring: KeyRing) {
    this.#directory = directory;
    this.#ring = ring;
  }

  static async open(directory: string): Promise<LiveKeyRing> {
    return new LiveKeyRing(directory, await loadKeyRing(directory));
  }

  get keys(): readonly OwnKey[] {
    return this.#ring.keys;
  }

  signer(kid: string): Signer | undefined {
    return this.#ring.signer(kid);
  }

  /** @throws {KeysError} where a file is no usable key; the keys of before are then kept */
  async reload(): Promise<void> {
    this.#ring = await loadKeyRing(this.#directory);
  }
}
