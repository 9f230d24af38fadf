import type { Benefit, RecognitionReason, Status } from '../generated/codes.ts';
import { type RecognitionTable, recognisedGrade } from './recognition-table.ts';

/** How an enterprise stands on the day in question. */
export interface StandingThen {
  regime: string;
  grade: string | null;
  status: Status;
}

/** What its record says on that day that can end its benefits. */
export interface RecordThen {
  validUntil: string | null;
  consentWithdrawnOn: string | null;
}

export interface Decision {
  recognised: boolean;
  reason: RecognitionReason;
  benefits: readonly Benefit[];
}

/**
 * Does this operator get benefits on this day, and if not, why (domain.md 5)? The first of these that holds is the
 * reason, so that what the administration itself decided comes before what the arrangement leaves out:
 * nothing known → the status, unless certified → validity over → consent withdrawn → grade not in the table.
 *
 * @param on `YYYY-MM-DD` in the calendar of the enterprise's administration
 */
export function decideRecognition(
  standing: StandingThen | undefined,
  record: RecordThen | undefined,
  table: RecognitionTable,
  on: string,
): Decision {
  if (!standing || standing.status === 'none') return refused('unknown');
  if (standing.status !== 'certified') return refused(standing.status);
  // The last day of validity is a valid day; consent ends with the day on which it is withdrawn.
  if (record?.validUntil && record.validUntil < on) return refused('validity-ended');
  if (record?.consentWithdrawnOn && record.consentWithdrawnOn <= on) return refused('consent-withdrawn');
  const entry = recognisedGrade(table, standing, on);
  if (!entry) return refused('class-not-recognised');
  return { recognised: true, reason: 'recognised', benefits: entry.benefits };
}

function refused(reason: Exclude<RecognitionReason, 'recognised'>): Decision {
  return { recognised: false, reason, benefits: [] };
}
