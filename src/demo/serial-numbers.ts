/**
 * Serial numbers that look drawn at random and never repeat: `index` is spread over `range` by a stride that
 * shares no factor with it.
 *
 * @throws RangeError when there are more enterprises than numbers
 */
export function spread(index: number, range: number, stride: number): number {
  if (index < 0 || index >= range)
    throw new RangeError(`the demo numbers at most ${range} enterprises a side`);
  return Number(((BigInt(index) + 1n) * BigInt(stride)) % BigInt(range));
}
