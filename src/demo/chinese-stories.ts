import type { Grade } from '../contract/codes.ts';
import type { Change, Reason, Regime } from '../generated/codes.ts';
import { type CalendarDate, dateWithin, daysAfter, yearsAfter } from './calendar-dates.ts';
import type { Decision, Story } from './enterprise-story.ts';
import type { Random } from './random.ts';

/** The last day that the invented registers know of. */
export const AS_OF: CalendarDate = '2026-10-31';

const ORDER_282_FROM: CalendarDate = '2026-04-01';

/** Regimes with the class of the best enterprises, in order; each begins where the one before ends. */
const ORDERS: readonly {
  regime: Regime;
  from: CalendarDate;
  until: CalendarDate;
  best: Grade;
  fallen: readonly Grade[];
}[] = [
  { regime: 'GACC-170', from: '2008-04-01', until: '2014-11-30', best: 'AA', fallen: ['B', 'C', 'D'] },
  {
    regime: 'GACC-225',
    from: '2014-12-01',
    until: '2018-04-30',
    best: 'advanced-certified',
    fallen: ['general-credit', 'discredited'],
  },
  {
    regime: 'GACC-237',
    from: '2018-05-01',
    until: '2021-10-31',
    best: 'advanced-certified',
    fallen: ['general-credit', 'discredited'],
  },
  {
    regime: 'GACC-251',
    from: '2021-11-01',
    until: '2026-03-31',
    best: 'advanced-certified',
    fallen: ['registered', 'discredited'],
  },
  {
    regime: 'GACC-282',
    from: ORDER_282_FROM,
    until: AS_OF,
    best: 'advanced-certified',
    fallen: ['regular', 'dishonest', 'seriously-dishonest'],
  },
];

const SUSPENSIONS: readonly Reason[] = [
  'security-incident',
  'non-compliance',
  'information-not-provided',
  'investigation',
];
const REVOCATIONS: readonly Reason[] = [
  'failed-validation',
  'false-information',
  'non-compliance',
  'deregistered',
];

/** One of the stories of Chinese enterprises; most stand certified since order 282 came into force. */
export function chineseStory(random: Random): Story {
  return random.weigh(STORIES).tell(random);
}

const STORIES: readonly { weight: number; tell: (random: Random) => Story }[] = [
  { weight: 760, tell: (random) => certified(random) },
  { weight: 80, tell: newlyCertified },
  { weight: 40, tell: reclassified },
  { weight: 25, tell: (random) => changed(random, 'upgraded') },
  { weight: 10, tell: (random) => changed(random, 'downgraded') },
  { weight: 10, tell: (random) => changed(random, 'suspended') },
  { weight: 6, tell: (random) => changed(random, 'revoked') },
  { weight: 4, tell: (random) => changed(random, 'withdrawn') },
  { weight: 3, tell: (random) => changed(random, 'expired') },
  { weight: 12, tell: suspended },
  { weight: 6, tell: reinstated },
  { weight: 25, tell: ended },
  { weight: 10, tell: applicant },
  { weight: 6, tell: granted },
  { weight: 3, tell: consentWithdrawn },
];

/** Certified under an earlier order, carried over by order 282 on its first day. */
function certified(random: Random, grade?: Grade): Story & { certifiedOn: CalendarDate } {
  const certifiedOn = dateWithin(random, '2009-01-05', '2026-02-27');
  const lastValidatedOn = dateWithin(random, later(certifiedOn, '2021-01-04'), '2026-03-20');
  return {
    standing: {
      regime: 'GACC-282',
      grade: grade ?? (random.chance(0.7) ? 'advanced-certified' : 'certified'),
      status: 'certified',
      since: ORDER_282_FROM,
    },
    certifiedOn,
    lastValidatedOn,
    nextReviewDue: yearsAfter(lastValidatedOn, 5),
    consent: { givenOn: later(certifiedOn, '2012-03-01') },
    decisions: [],
  };
}

function newlyCertified(random: Random): Story {
  const certifiedOn = dateWithin(random, '2026-04-02', '2026-10-30');
  return {
    standing: {
      regime: 'GACC-282',
      grade: random.pick(['advanced-certified', 'certified']),
      status: 'certified',
      since: certifiedOn,
    },
    certifiedOn,
    lastValidatedOn: daysAfter(certifiedOn, -random.integer(10, 60)),
    nextReviewDue: yearsAfter(certifiedOn, 5),
    consent: { givenOn: daysAfter(certifiedOn, -random.integer(0, 30)) },
    decisions: [],
  };
}

/** Loaded as it stood under an old order, then carried from order to order to the one in force. */
function reclassified(random: Random): Story {
  const first = random.weigh([
    { order: 0, weight: 1 },
    { order: 1, weight: 1 },
    { order: 2, weight: 2 },
    { order: 3, weight: 6 },
  ]).order;
  const [start, ...rest] = ORDERS.slice(first);
  if (!start) throw new RangeError('no order to begin with');
  const certifiedOn = dateWithin(random, start.from, start.until);
  const decisions = rest.map(
    ({ regime, from, best }): Decision => ({
      change: 'reclassified',
      to: { regime, grade: best, status: 'certified' },
      decidedOn: daysAfter(from, -random.integer(0, 20)),
      effectiveOn: from,
      legalBasis: regime.replace('GACC-', 'GACC Order '),
    }),
  );
  return {
    standing: { regime: start.regime, grade: start.best, status: 'certified', since: certifiedOn },
    certifiedOn,
    lastValidatedOn: certifiedOn,
    consent: { givenOn: certifiedOn },
    decisions,
  };
}

type LaterChange = Extract<
  Change,
  'upgraded' | 'downgraded' | 'suspended' | 'revoked' | 'withdrawn' | 'expired'
>;

/** Loaded as certified; then one decision in the summer of 2026. */
function changed(random: Random, change: LaterChange): Story {
  const story = certified(
    random,
    change === 'upgraded' ? 'certified' : change === 'downgraded' ? 'advanced-certified' : undefined,
  );
  const decidedOn = dateWithin(random, '2026-05-06', '2026-10-20');
  return {
    ...story,
    decisions: [
      {
        change,
        to: outcomeOf(random, change, story.standing.grade),
        ...reasonOf(random, change),
        decidedOn,
        effectiveOn: daysAfter(decidedOn, random.integer(0, 5)),
      },
    ],
  };
}

function outcomeOf(random: Random, change: LaterChange, grade: Grade | undefined): Decision['to'] {
  switch (change) {
    case 'upgraded':
      return { status: 'certified', grade: 'advanced-certified' };
    case 'downgraded':
      return { status: 'certified', grade: 'certified' };
    case 'suspended':
      return { status: 'suspended', ...(grade ? { grade } : {}) };
    case 'revoked':
      return { status: 'revoked', grade: random.pick(['regular', 'dishonest', 'seriously-dishonest']) };
    default:
      return { status: change };
  }
}

function reasonOf(random: Random, change: LaterChange): Pick<Decision, 'reasonCode' | 'urgent'> {
  if (change === 'suspended') return { reasonCode: random.pick(SUSPENSIONS), urgent: false };
  if (change === 'revoked') return { reasonCode: random.pick(REVOCATIONS), urgent: false };
  return change === 'downgraded' ? { reasonCode: 'non-compliance' } : {};
}

function suspended(random: Random): Story {
  const story = certified(random);
  return {
    ...story,
    standing: { ...story.standing, status: 'suspended', since: dateWithin(random, '2026-04-02', AS_OF) },
  };
}

function reinstated(random: Random): Story {
  const story = suspended(random);
  const { grade, since } = story.standing;
  const decidedOn = dateWithin(random, since, AS_OF);
  return {
    ...story,
    decisions: [
      {
        change: 'reinstated',
        to: { status: 'certified', ...(grade ? { grade } : {}) },
        decidedOn,
        effectiveOn: decidedOn,
      },
    ],
  };
}

/** Once certified, under any of the five orders, and no longer: it fell to another class, left, or ran out. */
function ended(random: Random): Story {
  const order = random.pick(ORDERS);
  const certifiedOn = dateWithin(random, order.from, daysAfter(order.until, -60));
  const since = dateWithin(random, certifiedOn, order.until);
  const status = random.weigh([
    { status: 'revoked' as const, weight: 6 },
    { status: 'withdrawn' as const, weight: 2 },
    { status: 'expired' as const, weight: 2 },
  ]).status;
  return {
    standing: {
      regime: order.regime,
      status,
      since,
      ...(status === 'revoked' ? { grade: random.pick(order.fallen) } : {}),
    },
    certifiedOn,
    ...(status === 'expired' ? { validUntil: daysAfter(since, -1) } : {}),
    consent: { givenOn: certifiedOn },
    decisions: [],
  };
}

function applicant(random: Random): Story {
  const since = dateWithin(random, '2026-06-01', '2026-08-31');
  return {
    standing: { regime: 'GACC-282', status: 'applicant', since },
    consent: { givenOn: since },
    decisions: [],
  };
}

function granted(random: Random): Story {
  const story = applicant(random);
  const decidedOn = dateWithin(random, '2026-09-01', '2026-10-20');
  const grade = random.pick(['advanced-certified', 'certified'] as const);
  return {
    ...story,
    decisions: [
      {
        change: 'granted',
        to: { status: 'certified', grade },
        decidedOn,
        effectiveOn: daysAfter(decidedOn, 3),
        legalBasis: 'GACC Order 282',
      },
    ],
  };
}

/** Still certified at home; its benefits at the partner have ended. */
function consentWithdrawn(random: Random): Story {
  const story = certified(random);
  return { ...story, consent: { ...story.consent, withdrawnOn: dateWithin(random, '2026-04-02', AS_OF) } };
}

const later = (one: CalendarDate, other: CalendarDate): CalendarDate => (one > other ? one : other);
