import { tiersOfRole } from '../contract/codes.ts';
import type { Change, Reason, Role, Tier } from '../generated/codes.ts';
import { dateWithin, daysAfter, yearsAfter } from './calendar-dates.ts';
import { AS_OF } from './chinese-stories.ts';
import type { Decision, Standing, Story } from './enterprise-story.ts';
import type { Random } from './random.ts';

/** Consent is asked of members since the arrangement's preparation. */
const CONSENT_FROM = '2012-03-01';

const REASONS: readonly Reason[] = [
  'security-incident',
  'failed-validation',
  'non-compliance',
  'information-not-provided',
  'lack-of-commitment',
];

/** One of the stories of C-TPAT members; the roles decide which tiers one can hold. */
export function americanStory(random: Random, roles: readonly Role[]): Story {
  return random.weigh(STORIES).tell(random, tiersOf(roles));
}

type Telling = (random: Random, tiers: readonly Tier[]) => Story;

const STORIES: readonly { weight: number; tell: Telling }[] = [
  { weight: 880, tell: certified },
  { weight: 30, tell: moved('upgraded') },
  { weight: 8, tell: moved('downgraded') },
  { weight: 10, tell: moved('suspended') },
  { weight: 5, tell: moved('revoked') },
  { weight: 5, tell: moved('withdrawn') },
  { weight: 2, tell: moved('expired') },
  { weight: 15, tell: suspended },
  { weight: 6, tell: reinstated },
  { weight: 20, tell: ended },
  { weight: 10, tell: applicant },
  { weight: 6, tell: granted },
  { weight: 3, tell: consentWithdrawn },
];

/** A member holds a tier if one of its roles may. */
function tiersOf(roles: readonly Role[]): readonly Tier[] {
  return roles.some((role) => tiersOfRole(role).includes('III')) ? ['I', 'II', 'III'] : ['I', 'II'];
}

/** Certified on paper (I) or validated on site (II, III), and revalidated at least every four years. */
function certified(random: Random, tiers: readonly Tier[], wanted?: Tier): Story {
  const tier =
    wanted ?? random.weigh(tiers.map((grade, i) => ({ grade, weight: [25, 65, 10][i] ?? 0 }))).grade;
  const certifiedOn = dateWithin(
    random,
    tier === 'I' ? '2024-01-08' : '2002-07-15',
    tier === 'I' ? '2026-06-30' : '2023-12-18',
  );
  const consent = { givenOn: certifiedOn > CONSENT_FROM ? certifiedOn : CONSENT_FROM };
  if (tier === 'I') {
    const standing: Standing = { regime: 'CTPAT', grade: tier, status: 'certified', since: certifiedOn };
    return { standing, certifiedOn, consent, decisions: [] };
  }
  const since = dateWithin(random, daysAfter(certifiedOn, 90), daysAfter(certifiedOn, 365));
  const lastValidatedOn = dateWithin(random, since > '2022-11-01' ? since : '2022-11-01', '2026-04-30');
  return {
    standing: { regime: 'CTPAT', grade: tier, status: 'certified', since },
    certifiedOn,
    lastValidatedOn,
    nextReviewDue: yearsAfter(lastValidatedOn, 4),
    consent,
    decisions: [],
  };
}

type LaterChange = Extract<
  Change,
  'upgraded' | 'downgraded' | 'suspended' | 'revoked' | 'withdrawn' | 'expired'
>;

/** Loaded as certified; then one decision in the summer of 2026. */
function moved(change: LaterChange): Telling {
  return (random, tiers) => {
    const story = certified(
      random,
      tiers,
      change === 'upgraded' ? 'I' : change === 'downgraded' ? 'II' : undefined,
    );
    const decidedOn = dateWithin(random, '2026-07-06', '2026-10-20');
    return {
      ...story,
      decisions: [
        {
          change,
          to: outcomeOf(change, story.standing),
          decidedOn,
          effectiveOn: daysAfter(decidedOn, random.integer(0, 5)),
          ...reasonOf(random, change),
        },
      ],
    };
  };
}

function reasonOf(random: Random, change: LaterChange): Pick<Decision, 'reasonCode' | 'urgent'> {
  if (change === 'downgraded') return { reasonCode: random.pick(REASONS) };
  return change === 'suspended' || change === 'revoked'
    ? { reasonCode: random.pick(REASONS), urgent: false }
    : {};
}

function outcomeOf(change: LaterChange, { grade }: Standing): Decision['to'] {
  switch (change) {
    case 'upgraded':
      return { status: 'certified', grade: 'II' };
    case 'downgraded':
      return { status: 'certified', grade: 'I' };
    default:
      return { status: change, ...(change === 'suspended' && grade ? { grade } : {}) };
  }
}

function suspended(random: Random, tiers: readonly Tier[]): Story {
  const story = certified(random, tiers);
  return {
    ...story,
    standing: { ...story.standing, status: 'suspended', since: dateWithin(random, '2026-07-01', AS_OF) },
  };
}

function reinstated(random: Random, tiers: readonly Tier[]): Story {
  const story = suspended(random, tiers);
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

function ended(random: Random): Story {
  const certifiedOn = dateWithin(random, '2002-07-15', '2024-12-18');
  const status = random.pick(['revoked', 'withdrawn', 'withdrawn', 'expired'] as const);
  return {
    standing: { regime: 'CTPAT', status, since: dateWithin(random, daysAfter(certifiedOn, 200), AS_OF) },
    certifiedOn,
    consent: { givenOn: certifiedOn },
    decisions: [],
  };
}

function applicant(random: Random): Story {
  const since = dateWithin(random, '2026-06-01', '2026-08-31');
  return {
    standing: { regime: 'CTPAT', status: 'applicant', since },
    consent: { givenOn: since },
    decisions: [],
  };
}

function granted(random: Random): Story {
  const decidedOn = dateWithin(random, '2026-09-01', '2026-10-20');
  return {
    ...applicant(random),
    decisions: [
      {
        change: 'granted',
        to: { status: 'certified', grade: 'I' },
        decidedOn,
        effectiveOn: daysAfter(decidedOn, 3),
      },
    ],
  };
}

function consentWithdrawn(random: Random, tiers: readonly Tier[]): Story {
  const story = certified(random, tiers);
  return { ...story, consent: { ...story.consent, withdrawnOn: dateWithin(random, '2026-07-01', AS_OF) } };
}
