/** What is wrong, or doubtful, in the data of a message: errors and warnings have one shape. */
export interface Issue {
  /** RFC 6901 pointer into the data; `''` is the whole of it. A missing member is named by where it should be. */
  pointer: string;
  code: IssueCode;
  /** Section of domain.md whose rule is broken, for instance `5.3`. */
  rule?: string;
  message: string;
}

/** What a check found. A message with errors is refused; warnings go with the answer. */
export interface CheckResult {
  errors: Issue[];
  warnings: Issue[];
}

/** Found in the message alone, after its schema. */
export const ruleIssueCodes = [
  'foreign-authority',
  'lead-not-host',
  'lead-not-sender',
  'regime-mismatch',
  'regime-not-in-force',
  'grade-not-in-regime',
  'grade-not-aeo',
  'tier-not-for-role',
  'illegal-transition',
  'change-direction',
  'consent-missing',
  'correction-pointer',
  'correction-differs',
  'agreed-by-incomplete',
  'team-incomplete',
  'team-lead',
  'edition-not-in-use',
  'category-mismatch',
  'category-not-in-edition',
  'facility-registration',
  'unmet-must',
  'no-unmet-must',
  'action-missing',
  'due-date-missing',
  'date-in-future',
  'date-order',
  'effective-before-decided',
  'visit-order',
  'visit-too-long',
  'identifier-shape',
  'id-registration',
  'id-shape',
  'uscc-check-digit',
  'lei-check-digit',
  'mid-mismatch',
  'svi-legacy',
  'importer-number',
  'e-mail-address',
] as const;

/** Found only by comparing with the register; `illegal-transition` and `consent-missing` can be, too. */
export const registerIssueCodes = ['already-known', 'change-pending', 'correction-unknown'] as const;

/** Found only where a message meets a gateway: its envelope, or what is on record there. */
export const exchangeIssueCodes = ['subject-mismatch', 'stale-version', 'inconsistent'] as const;

/** Found by the schema, one for each faulty member. */
export const schemaIssueCodes = [
  'wrong-type',
  'missing-member',
  'unknown-member',
  'not-allowed',
  'unknown-code',
  'too-many',
  'too-few',
  'too-long',
  'malformed',
  'duplicate',
  'out-of-range',
  'mismatch',
] as const;

export type SchemaIssueCode = (typeof schemaIssueCodes)[number];

export type IssueCode =
  | SchemaIssueCode
  | (typeof ruleIssueCodes)[number]
  | (typeof registerIssueCodes)[number]
  | (typeof exchangeIssueCodes)[number];
