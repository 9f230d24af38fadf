import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../src/delivery/read-answer.ts';

const A = '019a0000-0000-7000-8000-00000000000a';
const B = '019a0000-0000-7000-8000-00000000000b';
const sent = [A, B];

function answered(body: unknown) {
  const answer = readAnswer(202, JSON.stringify(body), sent);
  if (answer.kind !== 'answered') throw new Error(`expected an answer, got ${answer.kind}`);
  return answer;
}

describe('answer to a multi-SET push', () => {
  it('names each message exactly once, as acknowledged or as an error', () => {
    const answer = answered({
      ack: [A],
      setErrs: { [B]: { err: 'invalid_request', description: '/data/status unknown' } },
    });
    expect(answer.delivered).toEqual([A]);
    expect(answer.refused).toEqual([{ id: B, err: 'invalid_request', description: '/data/status unknown' }]);
  });

  it.each([
    ['a message is not named', { ack: [A] }],
    ['a message is named twice', { ack: [A, B, B] }],
    [
      'a message is acknowledged and refused',
      { ack: [A, B], setErrs: { [B]: { err: 'invalid_request', description: '' } } },
    ],
    ['a message is named that was not sent', { ack: [A, '019a0000-0000-7000-8000-00000000000c'] }],
    ['ack is not a list', { ack: A }],
    ['an error has no code', { ack: [A], setErrs: { [B]: {} } }],
    ['the body is a list', []],
  ])('is unclear where %s', (_, body) => {
    expect(readAnswer(202, JSON.stringify(body), sent).kind).toBe('unclear');
  });

  it('is unclear where a 202 has no JSON body', () => {
    expect(readAnswer(202, '', sent).kind).toBe('unclear');
  });

  it.each([408, 425, 429, 500, 502, 503])('is unclear for status %d and keeps Retry-After', (status) => {
    expect(readAnswer(status, '', sent, 5_000)).toMatchObject({ kind: 'unclear', retryAfterMs: 5_000 });
  });

  it.each([200, 301, 400, 401, 403, 404])(
    'takes status %d for a fault of the link, which burns no message',
    (status) => {
      const answer = readAnswer(status, '{"err":"access_denied","description":"who are you"}', sent);
      expect(answer).toMatchObject({
        kind: 'link-fault',
        error: `partner answered ${status}: access_denied (who are you)`,
      });
    },
  );

  it.each([
    'authentication_failed',
    'invalid_key',
    'invalid_issuer',
    'invalid_audience',
    'invalid_set',
    'access_denied',
  ])('keeps a message that the partner answers with %s: that is a fault of the link', (err) => {
    const answer = answered({ ack: [A], setErrs: { [B]: { err, description: 'x' } } });
    expect(answer.refused).toEqual([]);
    expect(answer.faulty.map((e) => e.id)).toEqual([B]);
    expect(answer.halt).toBeUndefined();
  });

  it.each(['jti_conflict', 'version_conflict'])('halts the link on %s', (err) => {
    expect(answered({ ack: [A], setErrs: { [B]: { err, description: 'x' } } }).halt?.id).toBe(B);
  });
});
