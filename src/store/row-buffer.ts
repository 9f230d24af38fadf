/** Signature, flags and length of the header's extension. */
const HEADER = Buffer.from('5047434f50590aff0d0a000000000000000000', 'hex');
const TRAILER = -1;
/** In place of the length of a value. */
const NULL = -1;

/** A text at most this long is written by the character: a call into the runtime costs more. */
const SHORT_TEXT = 40;

/** The server counts from 2000. */
const EPOCH_MS = Date.UTC(2000, 0, 1);
const DAY_MS = 86_400_000;

const UINT32 = 2 ** 32;
const FIRST_BYTES = 65_536;

/**
 * Rows in the binary form of COPY, each value with its length before it:
 * https://www.postgresql.org/docs/18/sql-copy.html, "Binary Format".
 */
export class RowBuffer {
  #bytes: Buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #end: number = HEADER.copy(this.#bytes);

  /** Begins a row of so many values. */
  row(columns: number): void {
    this.#reserve(2);
    this.#end = this.#bytes.writeInt16BE(columns, this.#end);
  }

  /** Ends the rows. @returns all of them */
  finish(): Buffer {
    this.row(TRAILER);
    return this.#bytes.subarray(0, this.#end);
  }

  null(): void {
    this.#length(NULL, 0);
  }

  bool(value: boolean): void {
    this.#length(1, 1);
    this.#bytes[this.#end++] = value ? 1 : 0;
  }

  int4(value: number): void {
    this.#length(4, 4);
    this.#end = this.#bytes.writeInt32BE(value, this.#end);
  }

  int8(value: number): void {
    this.#length(8, 8);
    const high = Math.floor(value / UINT32);
    this.#end = this.#bytes.writeInt32BE(high, this.#end);
    this.#end = this.#bytes.writeUInt32BE(value - high * UINT32, this.#end);
  }

  instant(value: Date): void {
    this.int8((value.getTime() - EPOCH_MS) * 1_000);
  }

  /** @param value a calendar date, `2026-11-23` */
  date(value: string): void {
    this.int4((Date.parse(value) - EPOCH_MS) / DAY_MS);
  }

  bytes(value: Uint8Array): void {
    this.#length(value.length, value.length);
    this.#bytes.set(value, this.#end);
    this.#end += value.length;
  }

  /** @param value 36 characters with hyphens */
  uuid(value: string): void {
    this.#length(16, 16);
    if (this.#bytes.write(value.replaceAll('-', ''), this.#end, 'hex') !== 16) {
      throw new TypeError('a column of type uuid takes a UUID');
    }
    this.#end += 16;
  }

  /** Also for json, whose binary form is its text. */
  text(value: string): void {
    if (value.length <= SHORT_TEXT && this.#shortAscii(value)) return;
    this.#reserve(4 + value.length * 3);
    const written = this.#bytes.write(value, this.#end + 4, 'utf8');
    this.#end = this.#bytes.writeInt32BE(written, this.#end) + written;
  }

  /** @returns false where the text is not ASCII; nothing counts as written then */
  #shortAscii(value: string): boolean {
    this.#reserve(4 + value.length);
    const start = this.#end + 4;
    for (let n = 0; n < value.length; n++) {
      const code = value.charCodeAt(n);
      if (code > 127) return false;
      this.#bytes[start + n] = code;
    }
    this.#end = this.#bytes.writeInt32BE(value.length, this.#end) + value.length;
    return true;
  }

  #length(length: number, bytes: number): void {
    this.#reserve(4 + bytes);
    this.#end = this.#bytes.writeInt32BE(length, this.#end);
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#end + bytes));
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
  }
}
