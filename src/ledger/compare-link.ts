import type { Logger } from 'pino';
import type { LaneRef } from '../delivery/claim-lane.ts';
import { haltLink } from '../delivery/halt-link.ts';
import type { PartnerConnection } from '../delivery/send-sets.ts';
import { readActiveSigner } from '../keys/active-signer.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Link } from '../links/link.ts';
import type { Database } from '../store/database.ts';
import { recordLostAnswers, sendLostAgain } from './apply-findings.ts';
import { type PartnerLedger, partnerLedger } from './ask-partner.ts';
import type { StepFindings } from './compare-sets.ts';
import { compareHours, compareMinutes } from './find-differences.ts';
import { closeIntake } from './intake.ts';
import { keepComparison, readAgreedHours } from './keep-comparison.ts';
import { notePartnerStore } from './partner-store.ts';
import type { HeldMessage } from './read-lists.ts';
import { restoreOwnMessages } from './restore-own-messages.ts';
import { closedUntil, HOUR_MS, openSpan, retainedSince } from './spans.ts';

export interface ComparingParts {
  database: Database;
  log: Logger;
  /** Our own `iss`. */
  issuer: string;
  keyRing: KeyRing;
  /** Our store's incarnation. */
  incarnation: string;
  trigger(refs: Iterable<LaneRef>): void;
  /** Ends a comparison early, as if the partner were away. */
  stop?: AbortSignal;
}

/** Why a comparison is made. */
export type ComparisonReason = 'start' | 'hourly' | 'demand' | 'restore' | 'recover';

export interface ComparisonOptions {
  reason: ComparisonReason;
  /** Every hour within the link's retention, and not only what was not found equal before. */
  all: boolean;
  /** The hours that are still open as well. */
  open: boolean;
  /** What to do with messages of ours that are not on record here, in place of closing the intake. */
  recover?: (unknown: readonly HeldMessage[], ledger: PartnerLedger) => Promise<{ putBack: number }>;
}

/** What a comparison showed and did (protocol.md 5). */
export interface Comparison {
  link: string;
  reason: ComparisonReason;
  startedAt: Date;
  endedAt: Date;
  /** The closed hours that were looked at lie between these. */
  since: Date;
  until: Date;
  /**
   * - `equal`: both sides hold the same messages
   * - `repaired`: they did not, and what differed was recorded, is sent again, or was put back
   * - `sender-restored`: the partner holds messages of ours that we lost; the link's intake is closed
   * - `conflict`: one id, two messages; the link is halted
   */
  outcome: 'equal' | 'repaired' | 'sender-restored' | 'conflict';
  hours: number;
  /** Messages in hours found equal. */
  messages: number;
  differingHours: number;
  answersRecorded: number;
  sentAgain: number;
  /** Messages of our gateway that were lost here and put back. */
  putBack: number;
  /** Messages about subjects that the partner holds and we do not know. */
  unknown: number;
  /** Messages that the partner lacks and we cannot send again, because they are erased here. */
  erased: string[];
  conflicting: string[];
}

/** Messages of erased and conflicting that a result names. */
const NAMED_MAX = 100;
/** The newest hours are compared each time, whether they were equal before or not. */
const ALWAYS_HOURS = 24;

/**
 * Compares our messages on a link with what the partner holds of them and repairs what differs.
 *
 * A crash at any place leaves what was repaired by then; the next comparison finds the rest.
 *
 * @throws {LedgerError} where the partner does not answer as it should
 */
export async function compareLink(
  parts: ComparingParts,
  link: Link,
  connection: PartnerConnection,
  options: ComparisonOptions,
): Promise<Comparison> {
  const { database, log } = parts;
  const { reason, all, open } = options;
  const startedAt = new Date();
  const until = closedUntil(startedAt.getTime());
  const since = Math.min(until, retainedSince(startedAt.getTime(), link.retentionMs));
  const agreed = all ? new Set<number>() : await readAgreedHours(database, link.id, since);
  const hours = hoursBetween(since, until).filter(
    (hour) => hour >= until - ALWAYS_HOURS * HOUR_MS || !agreed.has(hour),
  );
  const ledger = await openLedger(parts, link, connection);
  await ledger.present();
  const repairs = new Repairs(parts, link, options.recover);
  const found = (findings: StepFindings) => repairs.take(findings);
  const compared = await compareHours(database, link.id, ledger, hours, found);
  const minutes = open
    ? await compareMinutes(database, link.id, ledger, openSpan(startedAt.getTime()), found)
    : 0;
  await repairs.finish(ledger);
  const comparison: Comparison = {
    link: link.id,
    reason,
    startedAt,
    endedAt: new Date(),
    since: new Date(since),
    until: new Date(until),
    outcome: repairs.outcome(compared.differing.length + minutes),
    hours: hours.length,
    messages: compared.equal.reduce((sum, { count }) => sum + count, 0),
    differingHours: compared.differing.length,
    ...repairs.result(),
  };
  await keepComparison(parts, link, comparison, { hours, compared, all });
  // After the result, so that a new incarnation of the partner's store makes the next comparison due at once.
  const store = ledger.store();
  if (store !== undefined) await notePartnerStore(database, link.id, store);
  const level =
    comparison.outcome === 'sender-restored' || comparison.outcome === 'conflict' ? 'error' : 'info';
  const { startedAt: _, endedAt, ...figures } = comparison;
  log[level]({ ...figures, ms: endedAt.getTime() - startedAt.getTime() }, 'ledger compared');
  return comparison;
}

export async function openLedger(
  { database, issuer, keyRing, incarnation, stop }: ComparingParts,
  link: Link,
  connection: PartnerConnection,
): Promise<PartnerLedger> {
  const signer = await database.transaction((tx) => readActiveSigner(tx, keyRing));
  return partnerLedger({ link, connection, issuer, signer, incarnation, stop });
}

function hoursBetween(since: number, until: number): number[] {
  return Array.from({ length: (until - since) / HOUR_MS }, (_, n) => since + n * HOUR_MS);
}

/** Does what the findings ask for, step by step, so that memory holds one step's and the messages that we lost. */
class Repairs {
  readonly #parts: ComparingParts;
  readonly #link: Link;
  readonly #unknown: HeldMessage[] = [];
  readonly #erased: string[] = [];
  readonly #conflicting: string[] = [];
  #answersRecorded = 0;
  #sentAgain = 0;
  #putBack = 0;
  #lost = 0;
  readonly #recover: ComparisonOptions['recover'];

  constructor(parts: ComparingParts, link: Link, recover: ComparisonOptions['recover']) {
    this.#parts = parts;
    this.#link = link;
    this.#recover = recover;
  }

  async take({ answers, again, erased, unknown, conflicting }: StepFindings): Promise<void> {
    const { database, trigger } = this.#parts;
    this.#answersRecorded += await recordLostAnswers(database, this.#link.id, answers);
    const { ids, lanes } = await sendLostAgain(database, this.#link, again);
    // A crash before the trigger leaves rows without a job; the reconciler finds their lanes.
    trigger(lanes);
    this.#sentAgain += ids.length;
    this.#unknown.push(...unknown);
    this.#erased.push(...erased);
    this.#conflicting.push(...conflicting);
  }

  /** Halts, closes, or puts back, by what was gathered. */
  async finish(ledger: PartnerLedger): Promise<void> {
    const { database } = this.#parts;
    const [conflict] = this.#conflicting;
    if (conflict !== undefined) {
      const reason = `the partner holds other bytes under the id of our message ${conflict}`;
      await haltLink(database, this.#link.id, reason);
    }
    if (this.#unknown.length === 0) return;
    if (this.#recover) {
      this.#putBack = (await this.#recover(this.#unknown, ledger)).putBack;
      return;
    }
    const restored = await restoreOwnMessages(this.#parts, this.#link, ledger, this.#unknown);
    this.#putBack = restored.putBack;
    this.#lost = restored.lost;
    if (restored.lost > 0) {
      const reason = `the partner holds messages of ours that are not on record here, the first ${this.#unknown[0]?.jti}: this database was restored. Run mra link recover ${this.#link.id}`;
      await closeIntake(database, this.#link.id, reason);
    }
  }

  outcome(differing: number): Comparison['outcome'] {
    if (this.#conflicting.length > 0) return 'conflict';
    if (this.#lost > 0) return 'sender-restored';
    return differing > 0 && this.#repaired() ? 'repaired' : 'equal';
  }

  #repaired(): boolean {
    return this.#answersRecorded + this.#sentAgain + this.#putBack + this.#erased.length > 0;
  }

  result(): Pick<
    Comparison,
    'answersRecorded' | 'sentAgain' | 'putBack' | 'unknown' | 'erased' | 'conflicting'
  > {
    return {
      answersRecorded: this.#answersRecorded,
      sentAgain: this.#sentAgain,
      putBack: this.#putBack,
      unknown: this.#lost,
      erased: this.#erased.slice(0, NAMED_MAX),
      conflicting: this.#conflicting.slice(0, NAMED_MAX),
    };
  }
}
