import { deriveMid } from '../contract/identifiers/manufacturer-id.ts';
import type { BusinessMessage } from '../contract/messages.ts';
import type { Party } from '../contract/party.ts';
import type { Address, ValidationResult } from '../generated/messages.ts';
import { type DemoEnterprise, type Story, tellStory } from './enterprise-story.ts';
import {
  PILOT_FACILITIES,
  PILOT_SPONSORS,
  type PilotFacility,
  type PilotSponsor,
} from './pilot-facilities.ts';
import { findingsOf } from './pilot-findings.ts';

export const PILOT_ROUND = 'CN-US-2008-2';

/** One step of the pilot: what one administration tells the other before the next step can follow. */
export interface PilotStep {
  title: string;
  from: Party;
  messages: readonly BusinessMessage[];
}

/**
 * The second joint-validation pilot, October 2008 in Shenzhen and Dongguan: 16 facilities, China leading, 14
 * passed and 2 failed; then each administration decides on its own enterprises (domain.md 1).
 */
export function tellPilot(): PilotStep[] {
  const facilities = PILOT_FACILITIES.map(enterpriseOfFacility);
  const sponsors = PILOT_SPONSORS.map(memberOfSponsor);
  return [
    { title: 'China registers 16 applicants under GACC-170', from: 'CN', messages: facilities.map(loaded) },
    {
      title: `the United States register ${sponsors.length} sponsors of tier I`,
      from: 'US',
      messages: sponsors.map(loaded),
    },
    {
      title: '16 joint validations, China leading',
      from: 'CN',
      messages: PILOT_FACILITIES.map((facility) => ({ type: 'validation-result', data: resultOf(facility) })),
    },
    { title: 'China grants AA to the 14 that passed', from: 'CN', messages: facilities.flatMap(decided) },
    {
      title: 'the United States raise their sponsors to tier II',
      from: 'US',
      messages: sponsors.flatMap(decided),
    },
  ];
}

const loaded = ({ messages }: DemoEnterprise): BusinessMessage => {
  const [first] = messages;
  if (!first) throw new Error('a story begins with a record');
  return first;
};

const decided = ({ messages }: DemoEnterprise): readonly BusinessMessage[] => messages.slice(1);

const passed = ({ outcome }: PilotFacility): boolean => outcome !== 'failed';

const validationId = ({ number }: PilotFacility): string => `JV-2008-2-${number}`;

function enterpriseOfFacility(facility: PilotFacility): DemoEnterprise {
  const { registration, native, latin, appliedOn } = facility;
  const story: Story = {
    standing: { regime: 'GACC-170', status: 'applicant', since: appliedOn },
    consent: { givenOn: appliedOn },
    decisions: passed(facility)
      ? [
          {
            change: 'granted',
            to: { status: 'certified', grade: 'AA' },
            decidedOn: '2008-11-14',
            effectiveOn: '2008-12-01',
            legalBasis: 'GACC Order 170',
            relatedValidation: validationId(facility),
          },
        ]
      : [],
  };
  return tellStory(
    'CN',
    {
      id: `CN${registration}`,
      identifiers: identifiersOf(facility),
      name: { native: { text: native, lang: 'zh-Hans' }, latin },
      addresses: [addressOf(facility)],
      roles: ['foreign-manufacturer', 'exporter'],
    },
    story,
  );
}

function identifiersOf(facility: PilotFacility): ValidationResult['facility']['identifiers'] {
  return [
    { scheme: 'gacc.customs-registration', value: facility.registration },
    { scheme: 'cbp.mid', value: deriveMid(facility.latin, addressOf(facility)) },
  ];
}

function addressOf({ street, city, postalCode }: PilotFacility): Address {
  return { type: 'site', lines: [street], city, subdivision: 'CN-GD', postalCode, country: 'CN' };
}

function memberOfSponsor(sponsor: PilotSponsor): DemoEnterprise {
  const { account, latin, street, city, subdivision, postalCode, certifiedOn } = sponsor;
  const supplier = PILOT_FACILITIES.find((facility) => facility.sponsor === account && passed(facility));
  const story: Story = {
    standing: { regime: 'CTPAT', grade: 'I', status: 'certified', since: certifiedOn },
    certifiedOn,
    consent: { givenOn: '2008-03-10' },
    decisions: supplier
      ? [
          {
            change: 'upgraded',
            to: { status: 'certified', grade: 'II' },
            decidedOn: '2008-11-24',
            effectiveOn: '2008-11-24',
            relatedValidation: validationId(supplier),
          },
        ]
      : [],
  };
  return tellStory(
    'US',
    {
      id: `US${account}`,
      identifiers: [{ scheme: 'cbp.ctpat-account', value: account }],
      name: { latin },
      addresses: [{ type: 'registered', lines: [street], city, subdivision, postalCode, country: 'US' }],
      roles: ['importer'],
    },
    story,
  );
}

function resultOf(facility: PilotFacility): ValidationResult {
  const { native, latin, city, sponsor, visit, registration, outcome } = facility;
  const office = city === 'Shenzhen' ? 'Shenzhen Customs' : 'Huangpu Customs';
  return {
    validationId: validationId(facility),
    round: PILOT_ROUND,
    kind: 'joint',
    mode: 'on-site',
    facility: {
      name: { native: { text: native, lang: 'zh-Hans' }, latin },
      identifiers: identifiersOf(facility),
      address: addressOf(facility),
    },
    enterpriseId: `CN${registration}`,
    sponsor: { scheme: 'cbp.ctpat-account', value: sponsor },
    lead: 'CN',
    team: [
      { party: 'CN', office, role: 'lead' },
      { party: 'US', office: 'CBP C-TPAT', role: 'technical-adviser' },
    ],
    visit,
    criteria: 'CTPAT-MSC-2005',
    findings: findingsOf(facility),
    outcome,
    agreedBy: [
      { party: 'CN', office, on: '2008-10-31' },
      { party: 'US', office: 'CBP C-TPAT', on: '2008-10-31' },
    ],
  };
}
