import { closeSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** A message that a gateway accepted from the demo, as the partner's feed has to show it. */
export interface ExpectedMessage {
  id: string;
  type: string;
  subject: string;
  version: number;
  data: unknown;
}

/**
 * What one side was given, outside both databases: a file of the demo's own, with an index in memory of some
 * 100 bytes a message.
 */
export class ExpectedMessages implements Disposable {
  readonly #file: number;
  readonly #places = new Map<string, { offset: number; bytes: number }>();
  #end = 0;

  /** @param path overwritten */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, 'w+', 0o600);
  }

  get size(): number {
    return this.#places.size;
  }

  ids(): Iterable<string> {
    return this.#places.keys();
  }

  add(messages: readonly ExpectedMessage[]): void {
    const lines = messages.map((message) => Buffer.from(`${JSON.stringify(message)}\n`));
    for (const [i, line] of lines.entries()) {
      const id = messages[i]?.id;
      if (id === undefined || this.#places.has(id)) throw new Error(`message ${id} was accepted twice`);
      this.#places.set(id, { offset: this.#end, bytes: line.length });
      this.#end += line.length;
    }
    const block = Buffer.concat(lines);
    let written = 0;
    while (written < block.length) written += writeSync(this.#file, block, written);
  }

  get(id: string): ExpectedMessage | undefined {
    const place = this.#places.get(id);
    if (!place) return undefined;
    const line = Buffer.allocUnsafe(place.bytes);
    readSync(this.#file, line, 0, place.bytes, place.offset);
    return JSON.parse(line.toString('utf8')) as ExpectedMessage;
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }
}
