import { expect, it } from 'vitest';
import { ExchangeError } from '../../src/http/exchange-errors.ts';
import type { Link } from '../../src/links/link.ts';
import { callerLink } from '../../src/reception/caller-link.ts';

const links = new Map(
  ['us-cbp', 'us-2'].map((id) => [id, { id, issuer: `https://${id}.example` } as Link] as const),
);
const setOf = (iss: string) => `e30.${Buffer.from(JSON.stringify({ iss })).toString('base64url')}.e30`;
const linkOf = (partnerLink: string | null, jws?: string): string => {
  try {
    return callerLink({ partnerLink }, links, jws).id;
  } catch (error) {
    if (error instanceof ExchangeError) return error.err;
    throw error;
  }
};

it.each([
  ['us-cbp', 'https://us-cbp.example', 'us-cbp'],
  ['us-cbp', 'https://us-2.example', 'access_denied'],
  // Nobody's issuer: the keys of the certificate's link decide, and refuse it.
  ['us-cbp', 'https://nobody.example', 'us-cbp'],
  [null, 'https://us-2.example', 'us-2'],
  [null, 'https://nobody.example', 'invalid_issuer'],
])('a certificate of %s and a SET of %s are of the link %s', (partnerLink, iss, expected) => {
  expect(linkOf(partnerLink, setOf(iss))).toBe(expected);
});

it('a request without a SET is of the certificate’s link', () => {
  expect(linkOf('us-2')).toBe('us-2');
});
