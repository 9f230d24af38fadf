import { type Party, partnerOf } from '../../src/contract/party.ts';
import { Findings } from './findings.ts';
import { type InspectedSide, inspectSide, type SideFacts, type StoredMessage } from './inspect-side.ts';
import { type AcceptedMessage, digestOf, type Ledger } from './ledger.ts';

/**
 * Whether the invariants of the exchange hold over both databases and both feeds, once nothing is under way: every
 * accepted message is once on the other side with the same bytes, each subject has every version and stands at its
 * greatest, everything has its receipt and its audit entry, nothing waits or stands still.
 *
 * @param ledger what back ends were told was accepted, kept outside of both databases
 */
export async function checkInvariants(
  sides: Readonly<Record<Party, InspectedSide>>,
  ledger: Ledger,
): Promise<Findings> {
  const findings = new Findings();
  const facts = { CN: await inspectSide(sides.CN), US: await inspectSide(sides.US) };
  for (const party of ['CN', 'US'] as const) {
    const [sender, receiver] = [facts[party], facts[partnerOf(party)]];
    const accepted = [...ledger.values()].filter(({ from }) => from === party);
    const direction = new Direction(findings, sender, receiver, new Map(accepted.map((m) => [m.id, m])));
    direction.checkMessages();
    direction.checkFeed();
    checkVersions(findings, sender);
    checkCells(findings, sender);
    checkAudit(findings, sender);
    for (const { about, text } of sender.stuck) findings.note('stuck', about, `${party}: ${text}`);
  }
  return findings;
}

/** What goes from one side to the other. */
class Direction {
  readonly #findings: Findings;
  readonly #sent: ReadonlyMap<string, StoredMessage>;
  readonly #received: ReadonlyMap<string, StoredMessage>;
  readonly #accepted: ReadonlyMap<string, AcceptedMessage>;
  readonly #receiver: SideFacts;

  constructor(
    findings: Findings,
    sender: SideFacts,
    receiver: SideFacts,
    accepted: ReadonlyMap<string, AcceptedMessage>,
  ) {
    this.#findings = findings;
    this.#receiver = receiver;
    this.#accepted = accepted;
    this.#sent = byId(sender.messages, 'out');
    this.#received = byId(receiver.messages, 'in');
  }

  checkMessages(): void {
    for (const id of this.#accepted.keys()) {
      if (!this.#sent.has(id))
        this.#findings.note('lost', id, 'was accepted, and its own gateway does not know it');
    }
    for (const [id, sent] of this.#sent) this.#checkOne(id, sent);
    for (const id of this.#received.keys()) {
      if (!this.#sent.has(id))
        this.#findings.note('duplicated', id, 'was received, and its sender does not know it');
    }
  }

  #checkOne(id: string, sent: StoredMessage): void {
    const accepted = this.#accepted.get(id);
    if (!accepted) this.#findings.note('duplicated', id, 'is on record, and no back end was told of it');
    if (accepted && accepted.version !== sent.version) {
      this.#findings.note(
        'mismatched',
        id,
        `was accepted as version ${accepted.version}, is ${sent.version}`,
      );
    }
    if (!sent.receipted) this.#findings.note('unreceipted', id, 'has no receipt');
    const received = this.#received.get(id);
    if (!received) {
      this.#findings.note('lost', id, 'is not on the other side');
      return;
    }
    if (received.sha256 !== sent.sha256 || !sent.intact || !received.intact) {
      this.#findings.note('mismatched', id, 'has not the same bytes on both sides');
    }
    if (received.version !== sent.version || received.subject !== sent.subject) {
      this.#findings.note('mismatched', id, 'is not about the same version on both sides');
    }
  }

  checkFeed(): void {
    const seen = new Set<string>();
    for (const { id, version, data } of this.#receiver.feed) {
      if (seen.has(id)) this.#findings.note('duplicated', id, 'is twice in the feed');
      seen.add(id);
      const accepted = this.#accepted.get(id);
      if (!accepted) continue;
      if (digestOf(data) !== accepted.data || version !== accepted.version) {
        this.#findings.note('mismatched', id, 'is not read as it was submitted');
      }
    }
    for (const [id, { outcome }] of this.#received) {
      if (outcome === 'accepted' && !seen.has(id)) this.#findings.note('lost', id, 'is not in the feed');
    }
  }
}

/** Versions of a subject count 1, 2, 3 … without a hole, each with one message, and each message has one. */
function checkVersions(findings: Findings, { party, versions, subjects, messages }: SideFacts): void {
  const versionOf = new Map(messages.map((m) => [m.id, m.version]));
  const bySubject = Map.groupBy(versions, ({ party: of, subject }) => `${of} ${subject}`);
  const holders = new Set<string>();
  for (const { message, version, subject } of versions) {
    if (holders.has(message))
      findings.note('duplicated', message, `${party}: has two versions of ${subject}`);
    holders.add(message);
    if (versionOf.get(message) !== version) {
      findings.note('reordered', message, `${party}: is applied as another version than it bears`);
    }
  }
  for (const { party: of, subject, lastVersion, versionsHeld } of subjects) {
    const held = (bySubject.get(`${of} ${subject}`) ?? [])
      .map(({ version }) => version)
      .sort((a, b) => a - b);
    const whole = held.every((version, n) => version === n + 1) && held.length === lastVersion;
    if (!whole || versionsHeld !== lastVersion) {
      findings.note('reordered', subject, `${party}: holds ${held.length} of ${lastVersion} versions`);
    }
  }
}

/** A subject stands as its greatest version of each kind says: nothing older was applied over it. */
function checkCells(findings: Findings, { party, versions, subjects }: SideFacts): void {
  const greatest = new Map<string, { details: number; standing: number }>();
  for (const { party: of, subject, version, type } of versions) {
    const cells = greatest.get(`${of} ${subject}`) ?? { details: 0, standing: 0 };
    if (type !== 'certification-change') cells.details = Math.max(cells.details, version);
    if (type !== 'validation-result') cells.standing = Math.max(cells.standing, version);
    greatest.set(`${of} ${subject}`, cells);
  }
  for (const { party: of, subject, detailsVersion, standingVersion } of subjects) {
    const { details, standing } = greatest.get(`${of} ${subject}`) ?? { details: 0, standing: 0 };
    if ((detailsVersion ?? 0) !== details || (standingVersion ?? 0) !== standing) {
      findings.note('reordered', subject, `${party}: stands at an older version than the greatest`);
    }
  }
}

/** No state without its entry, no entry without its state. */
function checkAudit(findings: Findings, { party, messages, audited }: SideFacts): void {
  const note = (id: string, text: string): void => findings.note('unaudited', id, `${party}: ${text}`);
  const ids = { out: new Set<string>(), in: new Set<string>() };
  for (const { id, direction, outcome, delivered, receipted } of messages) {
    ids[direction].add(id);
    if (direction === 'in') {
      if (outcome === 'accepted' && !audited.received.has(id)) note(id, 'was received without an entry');
      continue;
    }
    if (!audited.accepted.has(id)) note(id, 'was accepted without an entry');
    if (delivered && !audited.answered.has(id) && !audited.receipted.has(id)) {
      note(id, 'was delivered without an entry');
    }
    if (receipted && !audited.receipted.has(id)) note(id, 'has its receipt without an entry');
  }
  for (const id of audited.accepted) if (!ids.out.has(id)) note(id, 'has an entry, and was not accepted');
}

function byId(messages: readonly StoredMessage[], direction: 'out' | 'in'): Map<string, StoredMessage> {
  return new Map(messages.filter((m) => m.direction === direction).map((m) => [m.id, m]));
}
