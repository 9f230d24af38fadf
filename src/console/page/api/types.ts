/** Shapes of the operator API's answers, as `/openapi.json` has them. Instants are ISO texts. */

export interface Text {
  en: string;
  zh: string;
}

export interface Name {
  native: string | null;
  latin: string | null;
}

export type OutState = 'flowing' | 'idle' | 'waiting' | 'backing-off' | 'paused' | 'halted';
export type InState = 'flowing' | 'idle' | 'silent';

export interface LinkOverview {
  id: string;
  partner: string | null;
  pending: number;
  oldestPendingAt: string | null;
  delivered: number;
  refused: number;
  receipted: number;
  lastDeliveredAt: string | null;
  received: number;
  receivedRefused: number;
  lastReceivedAt: string | null;
  receiptsOwed: number;
  holes: number;
  quarantined: number;
  haltedAt: string | null;
  haltedReason: string | null;
  partnerEdition: string | null;
  out?: {
    state: OutState;
    waiting: number;
    oldestSeconds: number | null;
    perMinute: number;
    lastDeliveredAt: string | null;
    lastReceiptedAt: string | null;
    parked: number;
    refused: number;
    lanesBackingOff: number;
    lanesPaused: number;
    nextAttemptAt: string | null;
    lastError: string | null;
  };
  in?: {
    state: InState;
    perMinute: number;
    lastReceivedAt: string | null;
    lastHeardAt: string | null;
    receiptsOwed: number;
    quarantined: number;
    holes: number;
  };
  receiptsOverdue?: number;
  oldestReceiptWaitSeconds?: number | null;
  clockSkewMs?: number | null;
  clockSkewAt?: string | null;
  witness?: { state: string; lagSeconds: number | null } | null;
  lastComparison?: { at: string; outcome: string; reason: string } | null;
  lastReconciliation?: { at: string; outcome: string; differences: number } | null;
}

export interface Urgent {
  id: string;
  link: string;
  direction: 'out' | 'in';
  type: string;
  subject: string;
  name: Name | null;
  state: string;
  acceptedAt: string;
  receiptedAt: string | null;
  seconds: number | null;
  change: string | null;
}

export interface AlertCounts {
  critical: number;
  warning: number;
  info?: number;
  acknowledged: number;
  muted: number;
}

export interface Overview {
  party?: string;
  at?: string;
  links: LinkOverview[];
  deadLetters?: { parked: number; refused: number };
  quarantined?: number;
  alerts?: AlertCounts;
  jobs?: { running: number };
  approvals?: { waiting: number };
  urgent?: Urgent | null;
}

export interface Note {
  id: string;
  by: string;
  at: string;
  text: string;
  alert?: string | null;
}

export interface Alert {
  id: string;
  code: string;
  severity: 'critical' | 'warning' | 'info';
  since: string;
  link: string | null;
  lane: string | null;
  message: string | null;
  subject: string | null;
  text: Text;
  action: Text;
  runbook: string | null;
  state: 'open' | 'acknowledged' | 'muted';
  acknowledged: { by: string; at: string } | null;
  mutedUntil: string | null;
  mutedBy: string | null;
  notes: Note[];
}

export interface Series {
  link: string | null;
  range: Range;
  from: string;
  until: string;
  stepSeconds: number;
  at: number[];
  out: {
    accepted: (number | null)[];
    delivered: (number | null)[];
    receipted: (number | null)[];
    refused: (number | null)[];
    p50Ms: (number | null)[];
    p99Ms: (number | null)[];
    waiting: (number | null)[];
  };
  in: { received: (number | null)[]; refused: (number | null)[] };
}

export type Range = '1h' | '24h' | '7d';

export interface Lane {
  link: string;
  lane: string;
  pending: number;
  oldestPendingAt: string | null;
  attempts: number;
  nextAttemptAt: string | null;
  lastError: string | null;
  lastErrorAt: string | null;
  paused: boolean;
  owner: string | null;
  state?: string;
  oldestSeconds?: number | null;
  parked?: number;
  held?: number;
  setAside?: number;
  batchLimit?: number | null;
  why?: Text & { code: string };
}

export interface Attempt {
  number?: number;
  link: string;
  lane: string;
  startedAt: string;
  ms: number;
  status: number | null;
  result: string;
  error: string | null;
  answer?: string | null;
  request: { method: string; path: string; messages: number; ids: string[] };
}

export interface Issue {
  pointer: string;
  code: string;
  rule?: string;
  message: string;
}

export interface ListedMessage {
  id: string;
  link: string;
  direction: 'out' | 'in';
  type: string;
  subject: string;
  version: number | null;
  state: string;
  urgent: boolean;
  txn: string | null;
  acceptedAt: string;
  deliveredAt: string | null;
  receiptedAt: string | null;
  lastError: string | null;
  lane: string | null;
  warnings: Issue[];
  name?: Name | null;
}

export interface Message extends ListedMessage {
  sentAt: string | null;
  attempts: number;
  sha256: string;
  timeline: { at: string; event: string; detail?: string }[];
  receipt: { outcome: string; receivedAt: string; message: string } | null;
  replaces: string | null;
  replacedBy: string | null;
}

export interface SignatureCheck {
  ok: boolean | null;
  kid: string | null;
  alg: string | null;
  thumbprint: string | null;
  keyState: string | null;
  error: string | null;
}

export interface Evidence {
  id: string;
  link: string;
  direction: 'out' | 'in';
  checkedAt: string;
  set: {
    header: Record<string, unknown>;
    claims: Record<string, unknown>;
    type: string;
    data: unknown;
    jws: string;
    bytes: number;
  } | null;
  signature: SignatureCheck;
  hash: { ok: boolean | null; sha256: string };
  receipt: {
    ok: boolean | null;
    outcome: string;
    message: string;
    receivedAt: string;
    arrivedAt: string;
    hashEqual: boolean | null;
    signature: SignatureCheck | null;
    entry: { log: string; index: number } | null;
  } | null;
  audit: {
    log: string;
    origin: string;
    index: number;
    kind: string;
    time: string;
    proof: { ok: boolean | null; size: number | null; cosigned: string[]; error: string | null } | null;
  }[];
  attempts: Attempt[];
  checks: (Text & { name: string; ok: boolean | null })[];
}

export interface DeadLetter {
  id: string;
  link: string;
  kind: 'parked' | 'refused';
  type: string;
  subject: string;
  version: number | null;
  txn: string | null;
  urgent: boolean;
  at: string;
  err: string | null;
  reason: string | null;
  holding: number;
  name?: Name | null;
}

export interface DeadLetterGroup {
  kind: 'parked' | 'refused';
  err: string | null;
  reason: string | null;
  count: number;
  enterprises: number;
  firstAt: string;
  lastAt: string;
}

export interface Quarantined {
  link: string;
  sha256: string;
  messageId: string;
  type: string;
  subject: string;
  errors: Issue[];
  count: number;
  firstAt: string;
  lastAt: string;
  bytesKept: boolean;
}

export interface Job {
  id: string;
  kind: string;
  filter: Record<string, unknown>;
  reason: string;
  by: string;
  state: 'waiting-approval' | 'queued' | 'running' | 'done' | 'cancelled' | 'failed';
  total: number;
  done: number;
  failed: number;
  failures: { id: string; code: string; detail: string }[];
  createdAt: string;
  startedAt: string | null;
  endedAt: string | null;
  cancelledBy: string | null;
  approval: string | null;
}
