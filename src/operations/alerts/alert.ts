import { createHash } from 'node:crypto';
import type { Words } from '../lanes/why-it-waits.ts';
import { type AlertCode, isAlertCode, whatToDo } from './what-to-do.ts';

export type Severity = 'critical' | 'warning' | 'info';

/** Something that stands and that a person should know, as a source tells it. */
export interface FoundAlert {
  /** In kebab-case; its runbook is the section of this name in docs/operating.md. */
  code: string;
  severity: Severity;
  /** Since when, as far as that is known. */
  since: Date;
  /** What it concerns; null or absent: nothing of the kind. They make, with the code, its identity. */
  link: string | null;
  lane?: string | null;
  subject?: string | null;
  /** A message to look at. No part of its identity: others may follow. */
  message?: string | null;
  /** The lane that this message waits in. No part of the identity either. */
  messageLane?: string | null;
  /** What is the matter, in one sentence without an ending that changes by itself (no ages, no countdowns). */
  text: Words;
  /** What to do; by default that of the code. */
  action?: Words;
}

/** Looks for alerts of one kind. Called every few seconds: at most a few cheap statements. */
export type AlertSource = (now: Date) => Promise<FoundAlert[]>;

/** An alert with its identity, the same for as long as it lasts. */
export interface Alert {
  id: string;
  code: string;
  severity: Severity;
  since: Date;
  link: string | null;
  lane: string | null;
  message: string | null;
  subject: string | null;
  text: Words;
  action: Words;
  runbook: string;
}

export const RUNBOOK = 'docs/operating.md';

export function identify(found: FoundAlert): Alert {
  const { code, severity, since, link, lane = null, subject = null, message = null, text } = found;
  const place = createHash('sha256')
    .update(JSON.stringify([link, lane, subject]))
    .digest('base64url');
  return {
    id: `${code}.${place.slice(0, 16)}`,
    code,
    severity,
    since,
    link,
    lane: lane ?? found.messageLane ?? null,
    message,
    subject,
    text,
    action: found.action ?? (isAlertCode(code) ? whatToDo[code] : NOTHING_KNOWN),
    runbook: `${RUNBOOK}#${code}`,
  };
}

const NOTHING_KNOWN: Words = { en: 'See the runbook.', zh: '请参阅运行手册。' };

const ORDER: Record<Severity, number> = { critical: 0, warning: 1, info: 2 };

/** The most severe first, then the eldest. */
export function bySeverity(a: Alert, b: Alert): number {
  return (
    ORDER[a.severity] - ORDER[b.severity] || a.since.getTime() - b.since.getTime() || (a.id < b.id ? -1 : 1)
  );
}

export type { AlertCode };
