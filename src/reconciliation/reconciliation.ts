import type { Logger } from 'pino';
import type { Party } from '../contract/party.ts';
import type { LaneRef } from '../delivery/claim-lane.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Link } from '../links/link.ts';
import type { Database } from '../store/database.ts';
import type { Register } from './read-records.ts';

export interface ReconcilingParts {
  database: Database;
  log: Logger;
  party: Party;
  issuer: string;
  keyRing: KeyRing;
  links: ReadonlyMap<string, Link>;
  trigger(refs: Iterable<LaneRef>): void;
  /** The process ends: a step is given up, and done again by the next owner of its run. */
  stop?: AbortSignal;
  /** Waits of a run, where they are other than the usual ones. */
  waits?: { settlingMs: number; quietMs: number };
}

/** Whose records: our own, which the partner compares with its copy, or our copy of the partner's. */
export type RegisterSide = 'own' | 'partner';
export type Reason = 'demand' | 'daily' | 'partner';
export type State = 'settling' | 'awaiting' | 'comparing' | 'held' | 'ended';

/**
 * `equal`: both sides hold the same; `repaired`: now they do; `differs`: they do not, in a dry run or because the
 * repair did not help; `unsettled`: messages accepted before would not be delivered; `unanswered`: the partner did not
 * say what it found.
 */
export type RunOutcome = 'equal' | 'repaired' | 'differs' | 'unsettled' | 'unanswered';

/** What a run showed so far. */
export interface Findings {
  /** Records in our digest of the first round. */
  records?: number;
  /** Buckets that differed in the first round; as many records at least, or an extra one. */
  differingBuckets?: number;
  /** Records that differed: sent again by their authority, or put right here from the signed messages. */
  repaired?: number;
  /** Of those, put right here: a row was not what its messages say. */
  mended?: number;
  /** Repaired by known messages that came again: versions of theirs were lost here. */
  putBack?: string[];
  /** Records that the other side holds and their authority does not know. */
  unknown?: string[];
  /** Records that could not be stated again, with why. */
  notStated?: { id: string; detail: string }[];
  /** Records that wait for an operator's release. */
  held?: number;
  /** Messages parked or held, which were left out. */
  leftOut?: number;
}

/** One reconciliation of one register, as it is kept. */
export interface Run {
  id: string;
  link: string;
  register: RegisterSide;
  reason: Reason;
  askedBy: string | null;
  dryRun: boolean;
  state: State;
  round: number;
  until: Date | null;
  /** The `register-digest` that is compared. */
  digest: string | null;
  releasedBy: string | null;
  startedAt: Date;
  endedAt: Date | null;
  outcome: RunOutcome | null;
  findings: Findings;
}

/** The partner may be away, a backlog may take its time: a run waits this long for its turn, each time. */
export const PATIENCE_MS = 3_600_000;
/** Once a day for each link and register. */
export const DAY_MS = 86_400_000;
/** What differs after the third round is not repaired by a fourth. */
export const ROUNDS_MAX = 3;
/** More records than these, in 24 h on a link, are not sent again before an operator has looked why. */
export const ANSWERED_A_DAY_MAX = 10_000;
/** Ids named in what is kept and audited. */
export const NAMED_MAX = 100;

/** @param side whose records */
export function registerOf(party: Party, link: Link, side: RegisterSide): Register {
  return side === 'own'
    ? { link: link.id, party, direction: 'out' }
    : { link: link.id, party: link.partner, direction: 'in' };
}

/** The case number of records that are sent again because of a digest: both sides know them by it. */
export function repairTxn(digest: string): string {
  return `register-digest:${digest}`;
}
