export type JsonErrorCode =
  | 'not-utf8'
  | 'byte-order-mark'
  | 'syntax'
  | 'duplicate-member'
  | 'too-deep'
  | 'too-many-members'
  | 'lone-surrogate'
  | 'number-out-of-range';

const sentences: Record<JsonErrorCode, string> = {
  'not-utf8': 'is not UTF-8',
  'byte-order-mark': 'begins with a byte order mark',
  syntax: 'is not JSON',
  'duplicate-member': 'has two members of one name in one object',
  'too-deep': 'is nested too deeply',
  'too-many-members': 'has too many members and elements',
  'lone-surrogate': 'has a string with half a surrogate pair',
  'number-out-of-range': 'has a number that is not exactly the same number everywhere',
};

/** Where in a JSON text a fault is: `offset` in UTF-16 units, `pointer` (RFC 6901) to the value it is in. */
export interface JsonPlace {
  offset?: number;
  pointer?: string;
}

/** A text that is not the strict JSON that parseStrictJson takes. The message quotes nothing of the text. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
  readonly code: JsonErrorCode;
  readonly offset: number | undefined;
  readonly pointer: string | undefined;

  constructor(code: JsonErrorCode, place: JsonPlace = {}, options?: ErrorOptions) {
    super(`${sentences[code]}${place.offset === undefined ? '' : `, at offset ${place.offset}`}`, options);
    this.code = code;
    this.offset = place.offset;
    this.pointer = place.pointer;
  }
}
