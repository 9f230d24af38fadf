import { describe, expect, it } from 'vitest';
import { ANSWER_KEPT_MAX, answerExcerpt } from '../../src/delivery/answer-excerpt.ts';

describe('what is kept of a partner’s answer', () => {
  it('is the answer as it came, where it is short', () => {
    const body = '{"err":"internal_error","description":"数据库不可用"}';
    expect(answerExcerpt(body)).toBe(body);
    expect(answerExcerpt('')).toBeNull();
  });

  it('is bounded, and whole characters', () => {
    const kept = answerExcerpt('𠮷'.repeat(100_000)) ?? '';
    expect(kept.length).toBeLessThanOrEqual(ANSWER_KEPT_MAX + 1);
    expect(kept.isWellFormed()).toBe(true);
    expect(kept.endsWith('…')).toBe(true);
    expect(answerExcerpt('a\u0000b\u001b[31m\r\nc')).toBe('a b [31m \nc');
  });

  it.each([
    ['a token', '{"jwt":"eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"}', 'c2lnbmF0dXJl'],
    ['a header that is given back', 'Authorization: Bearer mra_9f8e7d6c5b4a', 'mra_9f8e7d6c5b4a'],
    ['a password', '{"db":{"user":"mra","password":"s3cret words"}}', 's3cret words'],
    ['a key', `x ${'-----BEGIN'} PRIVATE KEY-----\nMIGHAgEAMBMG`, 'MIGHAgEAMBMG'],
  ])('does not hold %s', (_, body, secret) => {
    expect(answerExcerpt(body)).not.toContain(secret);
    expect(answerExcerpt(body)).not.toBeNull();
  });
});
