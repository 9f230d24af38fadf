import type { Status } from '../generated/codes.ts';
import type { EnterpriseStatus, ValidationResult } from '../generated/messages.ts';
import type { BusinessMessage } from './messages.ts';
import { calendarDay, type Party } from './party.ts';

/**
 * Where a version stands among those of its subject: `countsAs` first, then its own number. A correction counts as
 * the version that it corrects, so the greatest correction of a version wins over it and over no later one
 * (domain.md 3.5).
 */
export interface Rank {
  countsAs: number;
  version: number;
}

/** What a subject is, by its greatest `enterprise-status` or `validation-result`. */
export interface DetailsCell extends Rank {
  messageId: string;
  /** When this gateway accepted or received it. */
  at: Date;
  data: EnterpriseStatus | ValidationResult;
}

/** How an enterprise stands, by its greatest version of either type that says so. */
export interface StandingCell extends Rank, Standing {
  messageId: string;
  at: Date;
}

export interface Standing {
  /** Calendar date of the stating administration: `statusSince` or `effectiveOn`; may be in the future. */
  effective: string;
  regime: string;
  /** Class of a Chinese enterprise, tier of a US one. */
  grade: string | null;
  status: Status;
}

/** The two cells of one subject of one link (domain.md 3). */
export interface SubjectState {
  /** The greatest version seen, of whatever rank; 0 before the first. */
  lastVersion: number;
  details: DetailsCell | null;
  standing: StandingCell | null;
}

export interface AppliedVersion {
  version: number;
  messageId: string;
  at: Date;
}

export const emptySubject: SubjectState = { lastVersion: 0, details: null, standing: null };

/**
 * The version that a message counts as. A correction of its own or of a later version can only be a mistake; it
 * counts as itself, so that no message can claim a rank that later ones will not reach.
 */
export function countsAs({ data }: BusinessMessage, version: number): number {
  return Math.min(data.correction?.version ?? version, version);
}

/** What a message states of the standing of its subject; a validation states none. */
export function statedStanding({ type, data }: BusinessMessage): Standing | null {
  switch (type) {
    case 'enterprise-status': {
      const { statusSince, regime, status } = data;
      return { effective: statusSince, regime, grade: data.class ?? data.tier ?? null, status };
    }
    case 'certification-change': {
      const { effectiveOn, regime, to } = data;
      return { effective: effectiveOn, regime, grade: to.class ?? to.tier ?? null, status: to.status };
    }
    case 'validation-result':
      return null;
  }
}

/**
 * The state with one more version. The greater rank wins, cell by cell, so every order of arrival and every repeat
 * ends in the same cells. Neither argument is changed.
 */
export function applyToCells(
  state: SubjectState,
  message: BusinessMessage,
  { version, messageId, at }: AppliedVersion,
): SubjectState {
  const rank = { countsAs: countsAs(message, version), version };
  const standing = statedStanding(message);
  return {
    lastVersion: Math.max(state.lastVersion, version),
    details:
      message.type === 'certification-change' || !isGreater(rank, state.details)
        ? state.details
        : { ...rank, messageId, at, data: message.data },
    standing:
      standing === null || !isGreater(rank, state.standing)
        ? state.standing
        : { ...rank, messageId, at, ...standing },
  };
}

/**
 * Standing in force on a date (domain.md 5.4): the greatest version whose effective date is not after it. A
 * corrected version is in force as its greatest correction says, and never as it said itself.
 *
 * @param versions all that state a standing, in any order
 * @param date `YYYY-MM-DD` in the calendar of the stating administration
 */
export function standingOn<Version extends Rank & { effective: string }>(
  versions: Iterable<Version>,
  date: string,
): Version | undefined {
  let greatest: Version | undefined;
  for (const version of corrected(versions)) {
    if (version.effective <= date && isGreater(version, greatest)) greatest = version;
  }
  return greatest;
}

/**
 * Details on a date (domain.md 5.4): the greatest version accepted by the end of that day.
 *
 * @param versions all that state details, in any order
 * @param party the stating administration, whose calendar counts
 */
export function detailsOn<Version extends Rank & { at: Date }>(
  versions: Iterable<Version>,
  date: string,
  party: Party,
): Version | undefined {
  let greatest: Version | undefined;
  for (const version of versions) {
    if (isGreater(version, greatest) && calendarDay(party, version.at) <= date) greatest = version;
  }
  return greatest;
}

/** The version that fills a cell where all of them are known and in force. */
export function greatestOf<Version extends Rank>(versions: Iterable<Version>): Version | undefined {
  let greatest: Version | undefined;
  for (const version of versions) if (isGreater(version, greatest)) greatest = version;
  return greatest;
}

/** One for each version that something counts as: the greatest of its corrections, or itself. */
function corrected<Version extends Rank>(versions: Iterable<Version>): Iterable<Version> {
  const winners = new Map<number, Version>();
  for (const version of versions) {
    if (isGreater(version, winners.get(version.countsAs))) winners.set(version.countsAs, version);
  }
  return winners.values();
}

function isGreater(rank: Rank, other: Rank | null | undefined): boolean {
  if (other === null || other === undefined) return true;
  return rank.countsAs > other.countsAs || (rank.countsAs === other.countsAs && rank.version > other.version);
}
