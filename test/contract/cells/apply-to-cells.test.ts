import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  applyToCells,
  countsAs,
  detailsOn,
  emptySubject,
  type Rank,
  type SubjectState,
  standingOn,
} from '../../../src/contract/cells.ts';
import type { BusinessMessage } from '../../../src/contract/messages.ts';
import { change, decision, record, result, status, validation } from '../rules/canonical-messages.ts';

interface Sent {
  version: number;
  message: BusinessMessage;
}

const messageId = '01a20922-7c00-7b3e-9d5a-0f3c2b1a4d5e';
const correctionOf = (version: number) => ({ messageId, version, changes: [], reason: 'mistyped' });
const day = (n: number) =>
  `2026-${String(4 + Math.floor(n / 28)).padStart(2, '0')}-${String(1 + (n % 28)).padStart(2, '0')}`;
const at = (version: number) => new Date(Date.UTC(2026, 3, 1, version));

function apply(state: SubjectState, { version, message }: Sent): SubjectState {
  return applyToCells(state, message, { version, messageId: `message-${version}`, at: at(version) });
}

/** A history of one subject: versions 1, 2, 3 … of both types, some correcting an earlier one of their type. */
const history: fc.Arbitrary<Sent[]> = fc
  .array(
    fc.record({ isRecord: fc.boolean(), corrects: fc.option(fc.nat()), effective: fc.nat({ max: 60 }) }),
    {
      maxLength: 12,
    },
  )
  .map((steps) => {
    const sent: Sent[] = [];
    for (const [i, { isRecord, corrects, effective }] of steps.entries()) {
      const originals = sent.filter(
        ({ message }) =>
          message.data.correction === undefined && isRecord === (message.type === 'enterprise-status'),
      );
      const original = corrects === null ? undefined : originals[corrects % Math.max(originals.length, 1)];
      const correction = original === undefined ? {} : { correction: correctionOf(original.version) };
      const message = isRecord
        ? status({ ...record(), ...correction, statusSince: day(effective) })
        : decision({ ...change(), ...correction, effectiveOn: day(effective) });
      sent.push({ version: i + 1, message });
    }
    return sent;
  });

const arrivals = history.chain((sent) =>
  fc.tuple(fc.constant(sent), fc.shuffledSubarray([...sent, ...sent], { minLength: sent.length * 2 })),
);

/** The rule of domain.md 3 and 3.5 said naively: drop what a greater correction replaces, take the greatest left. */
function winner(sent: readonly Sent[], ofType: (type: string) => boolean): number | undefined {
  const candidates = sent.filter(({ message }) => ofType(message.type));
  const original = ({ message, version }: Sent) => message.data.correction?.version ?? version;
  const standing = candidates.filter(
    (one) => !candidates.some((other) => original(other) === original(one) && other.version > one.version),
  );
  return standing.sort((a, b) => original(a) - original(b)).at(-1)?.version;
}

describe('cells', () => {
  test('every order of arrival, with every message twice, ends in the same cells', () => {
    fc.assert(
      fc.property(arrivals, ([sent, arriving]) => {
        expect(arriving.reduce(apply, emptySubject)).toEqual(sent.reduce(apply, emptySubject));
      }),
    );
  });

  test('hold what the naive model says', () => {
    fc.assert(
      fc.property(arrivals, ([sent, arriving]) => {
        const state = arriving.reduce(apply, emptySubject);
        expect(state.lastVersion).toBe(sent.length);
        expect(state.details?.version).toBe(winner(sent, (type) => type === 'enterprise-status'));
        expect(state.standing?.version).toBe(winner(sent, () => true));
      }),
    );
  });

  test('a record fills both, a change only the standing, a validation only the details', () => {
    const afterRecord = apply(emptySubject, { version: 1, message: status(record()) });
    expect(afterRecord.details).toEqual({
      countsAs: 1,
      version: 1,
      messageId: 'message-1',
      at: at(1),
      data: record(),
    });
    expect(afterRecord.standing).toEqual({
      countsAs: 1,
      version: 1,
      messageId: 'message-1',
      at: at(1),
      effective: '2026-04-01',
      regime: 'GACC-282',
      grade: 'advanced-certified',
      status: 'certified',
    });
    const afterChange = apply(afterRecord, { version: 2, message: decision(change()) });
    expect(afterChange.details).toBe(afterRecord.details);
    expect(afterChange.standing).toMatchObject({ version: 2, effective: '2026-11-21', status: 'suspended' });
    const afterValidation = apply(emptySubject, { version: 1, message: result(validation()) });
    expect(afterValidation).toMatchObject({
      lastVersion: 1,
      details: { data: validation() },
      standing: null,
    });
  });

  test('a late older version changes no cell', () => {
    const state = apply(emptySubject, { version: 5, message: status(record()) });
    expect(apply(state, { version: 4, message: decision(change()) })).toEqual(state);
  });

  test('a standing without class has a null grade', () => {
    const { class: _, ...applicant } = record();
    const state = apply(emptySubject, { version: 1, message: status({ ...applicant, status: 'applicant' }) });
    expect(state.standing?.grade).toBeNull();
  });
});

describe('a correction counts as the version that it corrects', () => {
  const correcting = (version: number) =>
    status({ ...record(), occasion: 'correction', correction: correctionOf(version) });

  test('and another message as its own', () => {
    expect(countsAs(status(record()), 7)).toBe(7);
    expect(countsAs(correcting(3), 7)).toBe(3);
  });

  test('but one that names a later version takes no rank from those to come', () => {
    expect(countsAs(correcting(1_000_000), 7)).toBe(7);
  });

  test('so it does not win over a version after its original', () => {
    const state = [
      { version: 1, message: status(record()) },
      { version: 2, message: decision(change()) },
      { version: 3, message: correcting(1) },
    ].reduce(apply, emptySubject);
    expect(state).toMatchObject({
      lastVersion: 3,
      details: { countsAs: 1, version: 3 },
      standing: { version: 2 },
    });
  });
});

interface Version extends Rank {
  effective: string;
}

const versions: fc.Arbitrary<Version[]> = history.map((sent) =>
  sent.map(({ version, message }) => ({
    version,
    countsAs: countsAs(message, version),
    effective:
      message.type === 'certification-change'
        ? message.data.effectiveOn
        : 'statusSince' in message.data
          ? message.data.statusSince
          : '',
  })),
);

describe('standing in force on a date', () => {
  test('is the greatest version in effect by then', () => {
    const list: Version[] = [
      { countsAs: 1, version: 1, effective: '2026-04-01' },
      { countsAs: 2, version: 2, effective: '2026-12-01' },
      { countsAs: 3, version: 3, effective: '2026-11-21' },
    ];
    expect(standingOn(list, '2026-03-31')).toBeUndefined();
    expect(standingOn(list, '2026-11-20')?.version).toBe(1);
    expect(standingOn(list, '2026-11-21')?.version).toBe(3);
    expect(standingOn(list, '2026-12-01')?.version).toBe(3);
  });

  test('is as corrected: the original’s own date is no date of the standing any more', () => {
    const list: Version[] = [
      { countsAs: 1, version: 1, effective: '2026-04-01' },
      { countsAs: 2, version: 2, effective: '2026-05-01' },
      { countsAs: 2, version: 3, effective: '2026-06-01' },
    ];
    expect(standingOn(list, '2026-05-15')?.version).toBe(1);
    expect(standingOn(list, '2026-06-01')?.version).toBe(3);
  });

  test('does not depend on the order of arrival, and on the last day is the standing cell', () => {
    fc.assert(
      fc.property(versions, fc.nat({ max: 60 }), (list, n) => {
        const reversed = [...list].reverse();
        expect(standingOn(reversed, day(n))).toEqual(standingOn(list, day(n)));
        const last = standingOn(list, '9999-12-31');
        expect(list.every((one) => last !== undefined && one.countsAs <= last.countsAs)).toBe(true);
      }),
    );
  });
});

test('details on a date are the greatest accepted by the end of that day of the stating administration', () => {
  const list = [
    { countsAs: 1, version: 1, at: new Date('2026-11-20T01:00:00Z') },
    { countsAs: 2, version: 2, at: new Date('2026-11-23T15:59:00Z') },
    { countsAs: 3, version: 3, at: new Date('2026-11-23T16:00:00Z') },
  ];
  expect(detailsOn(list, '2026-11-19', 'CN')).toBeUndefined();
  expect(detailsOn(list, '2026-11-22', 'CN')?.version).toBe(1);
  expect(detailsOn(list, '2026-11-23', 'CN')?.version).toBe(2);
  expect(detailsOn(list, '2026-11-23', 'US')?.version).toBe(3);
});
