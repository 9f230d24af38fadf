import { detailsOn, greatestOf, type Rank, standingOn } from '../contract/cells.ts';
import type { Party } from '../contract/party.ts';
import type { Status } from '../generated/codes.ts';
import type { ReadTime } from './read-time.ts';

/** One version of a subject as it is on record, without what its message says beside the standing. */
export interface StoredVersion extends Rank {
  link: string;
  party: Party;
  subject: string;
  message: string;
  type: string;
  /** A refused message spends its version and says nothing. */
  refused: boolean;
  /** When this gateway accepted or received it. */
  at: Date;
  /** Null for a validation. */
  effective: string | null;
  regime: string | null;
  grade: string | null;
  status: Status | null;
}

/** A version that says how its enterprise stands. */
export interface StandingVersion extends StoredVersion {
  effective: string;
  regime: string;
  status: Status;
}

/** The cells of a subject at a time: which version fills each. */
export interface StateAt {
  details: StoredVersion | undefined;
  standing: StandingVersion | undefined;
  /** A greater version is known then while a smaller one is not. */
  incomplete: boolean;
}

/**
 * The cells of one subject at a time (domain.md 3, 3.5, 5.4). What was not known by `asOf` does not exist; with
 * `on`, the standing is the one in force on that day and the details those accepted by its end; without, each cell
 * is its greatest version.
 *
 * @param versions of one subject, in any order
 */
export function stateAt(versions: readonly StoredVersion[], { on, asOf }: ReadTime, party: Party): StateAt {
  const known = asOf === undefined ? versions : versions.filter(({ at }) => at <= asOf);
  const standings = known.filter(statesStanding);
  const details = known.filter(({ type, refused }) => !refused && type !== 'certification-change');
  const last = known.reduce((greatest, { version }) => Math.max(greatest, version), 0);
  return {
    details: on === undefined ? greatestOf(details) : detailsOn(details, on, party),
    standing: on === undefined ? greatestOf(standings) : standingOn(standings, on),
    incomplete: known.length < last,
  };
}

export function statesStanding(version: StoredVersion): version is StandingVersion {
  return !version.refused && version.effective !== null && version.regime !== null && version.status !== null;
}
