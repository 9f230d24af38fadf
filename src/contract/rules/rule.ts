import type { CheckContext } from '../check-context.ts';
import type { Issue } from '../issue.ts';

/** One rule over the data of one type; the data have passed the schema. */
export type Rule<Data> = (data: Data, context: CheckContext) => Issue[];

/** The rules of one type by whom they bind (domain.md 5). */
export interface RuleSet<Data> {
  /** Shapes, rules 1 and 3 and the dates of rule 4: sender and receiver refuse. */
  readonly both: readonly Rule<Data>[];
  /** The sender's gateway refuses, the receiver's warns. */
  readonly sender: readonly Rule<Data>[];
  /** Doubts: either side warns. */
  readonly nobody: readonly Rule<Data>[];
}
