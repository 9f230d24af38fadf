import type { Address, RecordData } from '../register/register-types.ts';

/** Shapes of the answers about validations (docs/register.md), as far as they are shown. */

export type Outcome = 'passed' | 'passed-with-actions' | 'failed';
export type FindingResult = 'met' | 'not-met' | 'not-applicable' | 'best-practice';

export interface Finding {
  criterion: string;
  category: number;
  obligation: 'must' | 'should';
  result: FindingResult;
  note?: string;
  action?: string;
  dueOn?: string;
}

export interface ValidationResult {
  validationId: string;
  link: string;
  source: string;
  receivedAt: string;
  data: {
    validationId: string;
    round?: string;
    kind: string;
    mode: string;
    facility: { name: NonNullable<RecordData['enterprise']['name']>; address?: Address };
    enterpriseId?: string;
    lead: string;
    team?: { party: string; office: string; role: string }[];
    visit: { from: string; to: string };
    criteria: string;
    findings: Finding[];
    outcome: Outcome;
    agreedBy?: { party: string; office: string; on: string }[];
  };
}

export interface Round {
  round: string;
  facilities: number;
  passed: number;
  passedWithActions: number;
  failed: number;
  firstVisit: string;
  lastVisit: string;
}

export interface CorrectiveAction {
  validationId: string;
  link: string;
  round: string | null;
  facility: { name: NonNullable<RecordData['enterprise']['name']> };
  criteria: string;
  criterion: string;
  category: number;
  obligation: string;
  action: string;
  note: string | null;
  dueOn: string | null;
  status: 'open' | 'overdue' | 'closed';
  source: string;
}
