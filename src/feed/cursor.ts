/** A place in the feed of one incarnation of the store. */
export interface FeedPlace {
  incarnation: string;
  number: number;
}

/** Opaque to the reader; a restored store has a new incarnation, so that an old cursor is noticed. */
export function encodeCursor({ incarnation, number }: FeedPlace): string {
  return Buffer.from(`${incarnation}.${number}`).toString('base64url');
}

/** @returns undefined where the text is not a cursor of ours */
export function decodeCursor(text: string): FeedPlace | undefined {
  const [incarnation, number, ...rest] = Buffer.from(text, 'base64url').toString('utf8').split('.');
  if (!incarnation || !number || rest.length > 0 || !/^\d{1,15}$/.test(number)) return undefined;
  const place = { incarnation, number: Number(number) };
  return encodeCursor(place) === text ? place : undefined;
}
