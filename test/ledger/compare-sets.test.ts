import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareStep, differingSteps } from '../../src/ledger/compare-sets.ts';
import type { HeldMessage, OwnMessage } from '../../src/ledger/read-lists.ts';
import {
  closedUntil,
  HOUR_MS,
  openSpan,
  retainedSince,
  STEPS_MAX,
  spansOfHours,
  stepsOf,
} from '../../src/ledger/spans.ts';

const sha = (text: string) => hash('sha256', text, 'buffer');
const idOf = (n: number) => `0190${String(n).padStart(4, '0')}-0000-7000-8000-000000000000`;

/** What became of one message: here and there. */
const fate = fc.record({
  here: fc.constantFrom('absent', 'pending', 'answered', 'answered and pending', 'withdrawn', 'erased'),
  there: fc.constantFrom('absent', 'accepted', 'refused', 'other bytes'),
});

describe('the sets of one step', () => {
  it('every message is in exactly the one finding that its fate on both sides asks for', () => {
    fc.assert(
      fc.property(fc.array(fate, { maxLength: 40 }), (fates) => {
        const own: OwnMessage[] = [];
        const theirs: HeldMessage[] = [];
        const expected: Record<string, string[]> = {
          answers: [],
          again: [],
          erased: [],
          unknown: [],
          conflicting: [],
        };
        for (const [n, { here, there }] of fates.entries()) {
          const id = idOf(n);
          const answered = here.startsWith('answered') || here === 'erased';
          if (here !== 'absent') {
            const pending = here.endsWith('pending');
            own.push({ id, sha256: sha(id), answered, pending, erased: here === 'erased' });
          }
          if (there !== 'absent') {
            const outcome = there === 'refused' ? 'refused' : 'accepted';
            theirs.push({ jti: id, sha256: sha(there === 'other bytes' ? 'x' : id), outcome, err: null });
          }
          const finding =
            here === 'absent'
              ? there !== 'absent' && 'unknown'
              : there === 'other bytes'
                ? 'conflicting'
                : there === 'absent'
                  ? (here === 'answered' && 'again') || (here === 'erased' && 'erased')
                  : !answered && 'answers';
          if (finding) expected[finding]?.push(id);
        }
        const { answers, unknown, ...rest } = compareStep(own, theirs);
        const found = { ...rest, answers: answers.map((m) => m.jti), unknown: unknown.map((m) => m.jti) };
        expect(found).toEqual(expected);
      }),
    );
  });

  it('differ where the count or the hash does, or one side holds nothing', () => {
    const step = (start: number, count: number, text: string) => ({ start, count, hash: sha(text) });
    const own = [step(0, 1, 'a'), step(1, 2, 'b'), step(2, 1, 'c')];
    expect(differingSteps(own, [step(0, 1, 'a'), step(1, 2, 'x'), step(3, 1, 'd')])).toEqual([1, 2, 3]);
    expect(differingSteps(own, own)).toEqual([]);
  });
});

describe('the spans of a comparison', () => {
  it('end with the last hour that is closed for ten minutes; the open rest follows in minutes, a day ahead too', () => {
    const at = (text: string) => Date.parse(`2026-11-24T${text}Z`);
    expect(closedUntil(at('12:09:59'))).toBe(at('11:00:00'));
    expect(closedUntil(at('12:10:00'))).toBe(at('12:00:00'));
    const open = openSpan(at('12:09:59'));
    expect(open).toMatchObject({ since: at('11:00:00'), until: at('12:10:00') + 24 * HOUR_MS });
    expect(stepsOf(open)).toHaveLength(70 + 24 * 60);
    expect(stepsOf(open).length).toBeLessThanOrEqual(STEPS_MAX);
  });

  it('begin where the partner would still take a message', () => {
    const now = Date.parse('2026-11-24T12:30:00Z');
    const since = retainedSince(now, 24 * HOUR_MS);
    expect(since % HOUR_MS).toBe(0);
    expect(since).toBeGreaterThan(now - 24 * HOUR_MS);
  });

  it('join hours that follow each other, up to a limit', () => {
    const hours = [0, 1, 2, 5, 6].map((hour) => hour * HOUR_MS);
    expect(spansOfHours(hours, 2).map(({ since, until }) => [since / HOUR_MS, until / HOUR_MS])).toEqual([
      [0, 2],
      [2, 3],
      [5, 7],
    ]);
  });
});
