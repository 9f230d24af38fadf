export interface Checkpoint {
  log: string;
  origin: string;
  size: number;
  root: string;
  note: string;
  cosignatures: { link: string; at: string }[];
}

export interface Witness {
  link: string;
  state: string;
  detail: string | null;
  since: string;
  askedAt: string;
}

export interface Checkpoints {
  items: Checkpoint[];
  next: string | null;
  witnesses: Witness[];
  alerts: { code: string; link: string | null; since: string; detail: string }[];
}

export interface AuditEntry {
  log: string;
  origin: string;
  index: number;
  id: string;
  time: string;
  digest: string;
  message: string | null;
  content: Record<string, unknown> | null;
  salt: string | null;
  gone: string | null;
}

export interface PartnerRead {
  id: string;
  principal: string;
  purpose: string;
  what: string;
  ids: string[];
  from: string;
  to: string;
}
