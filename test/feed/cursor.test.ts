import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from '../../src/feed/cursor.ts';

describe('cursor of the feed', () => {
  it('comes back as it was given', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.nat({ max: 1e14 }), (incarnation, number) => {
        expect(decodeCursor(encodeCursor({ incarnation, number }))).toEqual({ incarnation, number });
      }),
    );
  });

  it.each([
    '',
    'x',
    '!!',
    Buffer.from('a.b').toString('base64url'),
    Buffer.from('a.1.2').toString('base64url'),
  ])('is not taken from the foreign text %j', (text) => {
    expect(decodeCursor(text)).toBeUndefined();
  });

  it('has one spelling', () => {
    const cursor = encodeCursor({ incarnation: '019a0000-0000-7000-8000-00000000000a', number: 7 });
    expect(decodeCursor(`${cursor}=`)).toBeUndefined();
  });
});
