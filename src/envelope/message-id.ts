/** The canonical text of a UUIDv7, lower case: another spelling of the same id would be another `jti`. */
const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export function isMessageId(value: unknown): value is string {
  return typeof value === 'string' && shape.test(value);
}

/** @returns the time in a UUIDv7 (RFC 9562, 5.7), milliseconds since 1970 */
export function uuidTime(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
