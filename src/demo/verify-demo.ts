import { type Party, partnerOf } from '../contract/party.ts';
import { type Comparison, compareFeed } from './compare-feed.ts';
import { compareRegister, type RegisterComparison } from './compare-register.ts';
import { type DemoSides, PARTIES } from './demo-side.ts';
import type { Ledger } from './ledger.ts';
import type { RegisterPlan } from './load-registers.ts';
import { PILOT_ROUND } from './pilot-2008.ts';
import { readFeed } from './read-feed.ts';

/** What `GET /v1/validation-rounds/{round}` has to say of the pilot. */
export interface PilotCounts {
  facilities: number;
  passed: number;
  failed: number;
}

export const PILOT_EXPECTED: PilotCounts = { facilities: 16, passed: 14, failed: 2 };

export interface Verification {
  /** By the side that sent: what the partner's feed shows of it. */
  feeds: Readonly<Record<Party, Comparison>>;
  register: RegisterComparison;
  pilot: PilotCounts;
  mismatches: number;
}

/**
 * Act (d): reads everything back from the other side over HTTP and compares it with what was sent.
 *
 * @param suspended the enterprise that act (c) suspended, if it was played
 */
export async function verifyDemo(
  sides: DemoSides,
  ledger: Ledger,
  plan: RegisterPlan,
  suspended?: string,
): Promise<Verification> {
  const compare = (party: Party): Promise<Comparison> =>
    compareFeed(ledger.expected[party], readFeed(sides[partnerOf(party)]));
  const [CN, US] = await Promise.all([compare('CN'), compare('US')]);
  const feeds = { CN, US };
  const register = await compareRegister(sides, plan, suspended);
  const pilot = await readPilot(sides);
  const inFeeds = PARTIES.reduce((sum, party) => sum + feeds[party].mismatches, 0);
  const inPilot = isPilot(pilot) ? 0 : 1;
  return { feeds, register, pilot, mismatches: inFeeds + register.mismatches + inPilot };
}

/** The receiver's own summary: CBP reads what China sent. */
async function readPilot({ US }: DemoSides): Promise<PilotCounts> {
  const path = `/v1/validation-rounds/${PILOT_ROUND}`;
  const none = { facilities: 0, passed: 0, failed: 0 };
  return (await US.client.find<PilotCounts>(path, US.tokens.reader)) ?? none;
}

function isPilot({ facilities, passed, failed }: PilotCounts): boolean {
  const { facilities: all, passed: good, failed: bad } = PILOT_EXPECTED;
  return facilities === all && passed === good && failed === bad;
}
