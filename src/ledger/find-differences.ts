import type { Database } from '../store/database.ts';
import type { PartnerLedger } from './ask-partner.ts';
import { compareStep, differingSteps, type StepFindings } from './compare-sets.ts';
import { idsOfStep, readAnsweredDigests, type StepDigest } from './read-digests.ts';
import { knownAmong, listOwn } from './read-lists.ts';
import { HOUR_MS, MINUTE_MS, type Span, STEPS_MAX, type Step, spansOfHours, stepsOf } from './spans.ts';

/** Own digests are read a day at a time: a million messages take a statement two seconds. */
const OWN_HOURS = 24;
/** The partner is asked for about as many at once, by our own count of them. */
const ASKED_MESSAGES_MAX = 4_000_000;
/** An hour with more messages is compared minute by minute before any is listed. */
const LISTED_MESSAGES_MAX = 5_000;

/** What was compared and found equal, hour by hour. */
export interface Compared {
  /** Hours with messages that both sides hold alike. */
  equal: StepDigest[];
  /** Beginnings of hours in which they differed. */
  differing: number[];
}

/**
 * Compares hours of our messages with what the partner holds of them. Own digests are read before the partner's, so
 * that a message answered in between shows as a difference and never hides one.
 *
 * @param hours beginnings, ascending
 * @param found told of each step that differs, in order
 */
export async function compareHours(
  database: Database,
  link: string,
  ledger: PartnerLedger,
  hours: readonly number[],
  found: (findings: StepFindings) => Promise<void>,
): Promise<Compared> {
  const compared: Compared = { equal: [], differing: [] };
  const own: StepDigest[] = [];
  for (const span of spansOfHours(hours, OWN_HOURS)) {
    own.push(...(await readAnsweredDigests(database, link, span)));
  }
  const counts = new Map(own.map(({ start, count }) => [start, count]));
  for (const span of spansOfHours(hours, STEPS_MAX).flatMap((span) => askedSpans(span, counts))) {
    const theirs = await ledger.digests(span);
    const within = own.filter(({ start }) => start >= span.since && start < span.until);
    const differing = new Set(differingSteps(within, theirs));
    compared.equal.push(...within.filter(({ start }) => !differing.has(start)));
    compared.differing.push(...differing);
    for (const hour of differing) {
      const held = theirs.find(({ start }) => start === hour)?.count ?? 0;
      const count = Math.max(held, counts.get(hour) ?? 0);
      await compareStepwise(database, link, ledger, hour, count, found);
    }
  }
  return compared;
}

/** Compares hours that are still open, minute by minute. @returns how many minutes differed */
export async function compareMinutes(
  database: Database,
  link: string,
  ledger: PartnerLedger,
  span: Span,
  found: (findings: StepFindings) => Promise<void>,
): Promise<number> {
  const own = await readAnsweredDigests(database, link, span);
  const counts = new Map(own.map(({ start, count }) => [start, count]));
  const theirs: StepDigest[] = [];
  for (const part of askedSpans(span, counts)) theirs.push(...(await ledger.digests(part)));
  const differing = differingSteps(own, theirs);
  for (const minute of differing) await compareOne(database, link, ledger, minute, MINUTE_MS, found);
  return differing.length;
}

/** The parts of a span that one request each asks for, by our own count of the messages in them. */
function askedSpans({ since, until, step }: Span, counts: ReadonlyMap<number, number>): Span[] {
  const spans: Span[] = [];
  let messages = 0;
  for (const start of stepsOf({ since, until, step })) {
    const last = spans.at(-1);
    const count = counts.get(start) ?? 0;
    messages += count;
    if (last && messages <= ASKED_MESSAGES_MAX) last.until = start + step;
    else {
      spans.push({ since: start, until: start + step, step });
      messages = count;
    }
  }
  return spans;
}

async function compareStepwise(
  database: Database,
  link: string,
  ledger: PartnerLedger,
  hour: number,
  count: number,
  found: (findings: StepFindings) => Promise<void>,
): Promise<void> {
  if (count <= LISTED_MESSAGES_MAX) {
    await compareOne(database, link, ledger, hour, HOUR_MS, found);
  } else {
    const span: Span = { since: hour, until: hour + HOUR_MS, step: MINUTE_MS };
    await compareMinutes(database, link, ledger, span, found);
  }
}

async function compareOne(
  database: Database,
  link: string,
  ledger: PartnerLedger,
  start: number,
  step: Step,
  found: (findings: StepFindings) => Promise<void>,
): Promise<void> {
  const [first, below] = idsOfStep(start, step);
  // In this order: what is answered here by now is held there, or was lost.
  const own = await listOwn(database, link, first, below);
  const theirs = await ledger.list(start, step);
  const findings = compareStep(own, theirs);
  // Accepted, sent and stored by the partner between the two lists: a row precedes every request.
  const known = await knownAmong(
    database,
    link,
    findings.unknown.map(({ jti }) => jti),
  );
  findings.unknown = findings.unknown.filter(({ jti }) => !known.has(jti));
  await found(findings);
}
