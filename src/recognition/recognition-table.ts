import type { Benefit, Regime } from '../generated/codes.ts';
import type { RecognitionSettings } from '../generated/config.ts';

/** One grade that the arrangement of a link recognises, for a span of days. */
export interface RecognisedGrade {
  /** Class of a Chinese enterprise, tier of a US one. */
  grade: string;
  /** Absent: under every regime that has the grade. */
  regime?: Regime;
  /** First day, `YYYY-MM-DD` in the calendar of the enterprise's administration. */
  from: string;
  /** Last day; absent: without end. */
  until?: string;
  benefits: readonly Benefit[];
}

/** What is recognised is agreed for each partner: data of the link, never code (domain.md 1). */
export type RecognitionTable = readonly RecognisedGrade[];

/** @param settings of a link, already found to be right by config/check-recognition.ts */
export function recognitionTable(settings: readonly RecognitionSettings[]): RecognitionTable {
  return settings.map(({ class: grade, tier, regime, from, until, benefits }) => ({
    grade: grade ?? tier ?? '',
    ...(regime === undefined ? {} : { regime: regime as Regime }),
    from,
    ...(until === undefined ? {} : { until }),
    benefits: benefits as Benefit[],
  }));
}

/** The entry for a grade under a regime on a day; there is at most one. */
export function recognisedGrade(
  table: RecognitionTable,
  standing: { regime: string; grade: string | null },
  on: string,
): RecognisedGrade | undefined {
  return table.find(
    (entry) =>
      entry.grade === standing.grade &&
      (entry.regime === undefined || entry.regime === standing.regime) &&
      entry.from <= on &&
      (entry.until === undefined || on <= entry.until),
  );
}
