/** One comparison of the messages of a link, as `GET /v1/ops/links/{id}/comparisons` tells it. */
export interface Comparison {
  link: string;
  reason: string;
  startedAt: string;
  endedAt: string;
  since: string;
  until: string;
  outcome: string;
  hours: number;
  messages: number;
  differingHours: number;
  answersRecorded: number;
  sentAgain: number;
  putBack: number;
  unknown: number;
  erased: string[];
  conflicting: string[];
}

/** One reconciliation of a register, as `GET /v1/ops/links/{id}/reconciliations` tells it. */
export interface Reconciliation {
  id: string;
  link: string;
  register: 'own' | 'partner';
  reason: string;
  askedBy: string | null;
  dryRun: boolean;
  state: string;
  round: number;
  startedAt: string;
  endedAt: string | null;
  outcome: string | null;
  records?: number;
  differingBuckets?: number;
  repaired?: number;
  mended?: number;
  unknown?: string[];
  notStated?: { id: string; detail: string }[];
  held?: number;
  leftOut?: number;
}
