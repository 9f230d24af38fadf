import type { Grade } from '../contract/codes.ts';
import type { BusinessMessage } from '../contract/messages.ts';
import { gradeMemberOf, type Party, programmeOf } from '../contract/party.ts';
import type { Change, Reason, RecordStatus, Regime } from '../generated/codes.ts';
import type { CertificationChange, EnterpriseStatus } from '../generated/messages.ts';
import type { CalendarDate } from './calendar-dates.ts';

/** Who an invented enterprise is: what never changes in its story. */
export type Identity = EnterpriseStatus['enterprise'];

/** How an enterprise stands, and since when. */
export interface Standing {
  regime: Regime;
  grade?: Grade;
  status: RecordStatus;
  since: CalendarDate;
}

/** One decision about an enterprise, after its record was loaded. */
export interface Decision {
  change: Change;
  to: { regime?: Regime; grade?: Grade; status: RecordStatus };
  decidedOn: CalendarDate;
  effectiveOn: CalendarDate;
  reasonCode?: Reason;
  legalBasis?: string;
  /** The validation that led to it. */
  relatedValidation?: string;
  /** What is loaded from the past need not overtake; left out, the contract's default holds. */
  urgent?: false;
}

/** What happened to an enterprise: how it stood when the register was loaded, and every decision since. */
export interface Story {
  standing: Standing;
  certifiedOn?: CalendarDate;
  lastValidatedOn?: CalendarDate;
  nextReviewDue?: CalendarDate;
  validUntil?: CalendarDate;
  consent: NonNullable<EnterpriseStatus['consent']>;
  decisions: readonly Decision[];
}

/** An invented enterprise: its messages in order, and its full record as the last of them leaves it. */
export interface DemoEnterprise {
  id: string;
  messages: readonly BusinessMessage[];
  latest: EnterpriseStatus;
}

/** Writes a story as messages: the record as loaded, then one change for each decision. */
export function tellStory(party: Party, identity: Identity, story: Story): DemoEnterprise {
  const messages: BusinessMessage[] = [
    { type: 'enterprise-status', data: recordOf(party, identity, story, story.standing, 'initial-load') },
  ];
  let { standing, certifiedOn } = story;
  for (const decision of story.decisions) {
    messages.push({ type: 'certification-change', data: changeOf(party, identity, standing, decision) });
    standing = standingAfter(standing, decision);
    if (decision.change === 'granted') certifiedOn = decision.effectiveOn;
  }
  const told = certifiedOn === undefined ? story : { ...story, certifiedOn };
  return { id: identity.id, messages, latest: recordOf(party, identity, told, standing, 'periodic') };
}

/** The next periodic message about an enterprise: the same record, said again. */
export function periodicUpdate({ latest }: DemoEnterprise, round: number): BusinessMessage {
  return { type: 'enterprise-status', data: { ...latest, reason: `periodic exchange ${round}` } };
}

/** The decision to suspend a certified enterprise at once: urgent by default. */
export function suspensionOf(
  party: Party,
  { latest }: DemoEnterprise,
  on: CalendarDate,
  reasonCode: Reason,
): BusinessMessage {
  const grade = party === 'CN' ? latest.class : latest.tier;
  const standing = {
    regime: latest.regime,
    status: latest.status,
    since: latest.statusSince,
    ...(grade ? { grade } : {}),
  };
  const decision: Decision = {
    change: 'suspended',
    to: { status: 'suspended', ...(grade ? { grade } : {}) },
    decidedOn: on,
    effectiveOn: on,
    reasonCode,
  };
  return { type: 'certification-change', data: changeOf(party, latest.enterprise, standing, decision) };
}

function recordOf(
  party: Party,
  enterprise: Identity,
  story: Omit<Story, 'standing' | 'decisions'>,
  { regime, grade, status, since }: Standing,
  occasion: EnterpriseStatus['occasion'],
): EnterpriseStatus {
  const { certifiedOn, lastValidatedOn, nextReviewDue, validUntil, consent } = story;
  return {
    enterprise,
    programme: programmeOf(party),
    regime,
    ...gradeMember(party, grade),
    status,
    statusSince: since,
    ...(certifiedOn === undefined ? {} : { certifiedOn }),
    ...(lastValidatedOn === undefined ? {} : { lastValidatedOn }),
    ...(nextReviewDue === undefined ? {} : { nextReviewDue }),
    ...(validUntil === undefined ? {} : { validUntil }),
    consent,
    occasion,
  };
}

function changeOf(party: Party, identity: Identity, from: Standing, decision: Decision): CertificationChange {
  const { change, to, decidedOn, effectiveOn, reasonCode, legalBasis, relatedValidation, urgent } = decision;
  const regime = to.regime ?? from.regime;
  return {
    enterprise: { id: identity.id, name: identity.name },
    programme: programmeOf(party),
    regime,
    change,
    from: {
      status: from.status,
      ...gradeMember(party, from.grade),
      ...(regime === from.regime ? {} : { regime: from.regime }),
    },
    to: { status: to.status, ...gradeMember(party, to.grade) },
    decidedOn,
    effectiveOn,
    ...(reasonCode === undefined ? {} : { reasonCode }),
    ...(legalBasis === undefined ? {} : { legalBasis }),
    ...(relatedValidation === undefined ? {} : { relatedValidation }),
    ...(urgent === undefined ? {} : { urgent }),
  };
}

function standingAfter(from: Standing, { to, effectiveOn }: Decision): Standing {
  return {
    regime: to.regime ?? from.regime,
    ...(to.grade === undefined ? {} : { grade: to.grade }),
    status: to.status,
    since: effectiveOn,
  };
}

function gradeMember(party: Party, grade: Grade | undefined): Pick<EnterpriseStatus, 'class' | 'tier'> {
  return grade === undefined ? {} : { [gradeMemberOf(party)]: grade };
}
