import type { StepDigest } from './read-digests.ts';
import type { HeldMessage, OwnMessage } from './read-lists.ts';

/** Beginnings of the steps in which the two sides hold different messages, ascending. */
export function differingSteps(own: readonly StepDigest[], theirs: readonly StepDigest[]): number[] {
  const held = new Map(theirs.map((digest) => [digest.start, digest]));
  const differing = own.filter(({ start, count, hash }) => {
    const other = held.get(start);
    held.delete(start);
    return other?.count !== count || !other.hash.equals(hash);
  });
  return [...differing.map(({ start }) => start), ...held.keys()].sort((a, b) => a - b);
}

/** What follows from the sets of one step (protocol.md 5, Completeness). Ids ascend. */
export interface StepFindings {
  /** Held by the receiver, unanswered or withdrawn here: the answer was lost. */
  answers: HeldMessage[];
  /** Answered here, absent there: the receiver was restored, or forgot. To be sent again. */
  again: string[];
  /** The same, but our bytes are erased: it stays as it is, and is named. */
  erased: string[];
  /** Held by the receiver without a row here: we were restored. */
  unknown: HeldMessage[];
  /** Held by both under one id with other bytes: two histories. */
  conflicting: string[];
}

/**
 * Compares the messages of one step.
 *
 * @param own everything of ours in it, read before `theirs` was asked for: what was answered by then is there, or lost
 * @param theirs what the receiver holds of it
 */
export function compareStep(own: readonly OwnMessage[], theirs: readonly HeldMessage[]): StepFindings {
  const held = new Map(theirs.map((message) => [message.jti, message]));
  const findings: StepFindings = { answers: [], again: [], erased: [], unknown: [], conflicting: [] };
  for (const { id, sha256, answered, pending, erased } of own) {
    const other = held.get(id);
    held.delete(id);
    if (other && !other.sha256.equals(sha256)) findings.conflicting.push(id);
    else if (other && !answered) findings.answers.push(other);
    else if (!other && answered && !pending) findings[erased ? 'erased' : 'again'].push(id);
  }
  findings.unknown.push(...held.values());
  findings.unknown.sort((a, b) => (a.jti < b.jti ? -1 : 1));
  return findings;
}
