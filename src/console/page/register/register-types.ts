/** Shapes of the register's answers (docs/register.md), as far as they are shown. */

export interface Standing {
  regime: string;
  class?: string;
  tier?: string;
  status: string;
  since: string;
  version: number;
  source: string;
  receivedAt: string;
}

export interface RecordData {
  enterprise: {
    id: string;
    identifiers?: { scheme: string; value: string }[];
    name?: { native?: { text: string; lang: string }; latin?: string };
    addresses?: Address[];
    roles?: string[];
  };
  programme?: string;
  regime?: string;
  class?: string;
  tier?: string;
  status?: string;
  statusSince?: string;
  certifiedOn?: string;
  lastValidatedOn?: string;
  nextReviewDue?: string;
  validUntil?: string;
  consent?: { givenOn?: string; withdrawnOn?: string };
}

export interface Address {
  type: string;
  lines: string[];
  city?: string;
  subdivision?: string;
  postalCode?: string;
  country: string;
}

export interface Enterprise {
  id: string;
  link: string;
  party: string;
  version: number;
  source: string;
  receivedAt: string;
  incomplete?: boolean;
  record?: RecordData;
  recordVersion?: number;
  recordSource?: string;
  standing?: Standing;
}

export interface HistoryStep {
  version: number;
  countsAs: number;
  message: string;
  type: string;
  receivedAt: string;
  event: string;
  summary: { en: string; zh: string };
  effective: string | null;
  regime: string | null;
  class?: string | null;
  tier?: string | null;
  status: string | null;
  reason?: string;
  legalBasis?: string;
  relatedValidation?: string;
  changes: { pointer: string; old: unknown; new: unknown }[];
  corrects?: { version: number; message: string };
  correctedBy?: { version: number; message: string };
  late: boolean;
}

export interface Recognition {
  id: string;
  link: string;
  recognised: boolean;
  reason: string;
  regime: string | null;
  class?: string | null;
  tier?: string | null;
  status: string | null;
  since: string | null;
  on: string;
  benefits: string[];
  basis: string[];
  asOf: string;
}
