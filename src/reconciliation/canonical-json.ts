/** What JSON.stringify would write otherwise than it stands; lone surrogates it escapes. */
const needsEscape = /["\\\p{Cc}\p{Cs}]/u;

/** Names in order with their quotes, by the names as they came: records are of few shapes. */
const orders = new Map<string, readonly (readonly [name: string, quoted: string])[]>();
const ORDERS_MAX = 1_000;

/**
 * The canonical text of a JSON value (RFC 8785): members sorted by their UTF-16 code units, no white space, strings and
 * numbers as ECMAScript writes them, which is what JSON.stringify does. The value must be one that JSON.parse made.
 *
 * The package `canonicalize` gives the same text in 12 µs a record where this takes 8, because it sorts the same few lists
 * of names again and again: 4 s of a million.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value) text += text === '' ? canonicalJson(item) : `,${canonicalJson(item)}`;
    return `[${text}]`;
  }
  const members = value as Record<string, unknown>;
  for (const [name, label] of orderOf(Object.keys(members))) {
    text += `${text === '' ? '' : ','}${label}:${canonicalJson(members[name])}`;
  }
  return `{${text}}`;
}

function quoted(text: string): string {
  return needsEscape.test(text) ? JSON.stringify(text) : `"${text}"`;
}

function orderOf(names: string[]): readonly (readonly [string, string])[] {
  const shape = names.join('"');
  const known = orders.get(shape);
  if (known) return known;
  const order = names.sort().map((name) => [name, quoted(name)] as const);
  // Names that hold a quote could be mistaken for others.
  if (orders.size < ORDERS_MAX && !names.some((name) => name.includes('"'))) orders.set(shape, order);
  return order;
}
