import type { Status } from '../generated/codes.ts';
import { changes } from '../generated/codes.ts';
import type { CertificationChange, EnterpriseStatus } from '../generated/messages.ts';
import type { Standing, SubjectState } from './cells.ts';
import type { LinkPolicy } from './check-context.ts';
import { type ChangeEntry, changeEntry } from './codes.ts';
import type { Issue } from './issue.ts';
import type { BusinessMessage } from './messages.ts';

/**
 * What the sender's own register forbids (domain.md 5.2, 5.4, 5.5) of a message that passes by itself.
 *
 * @param state the sender's own cells of the message's subject, before the message
 * @param original what holds the version that a correction names, where the register knows it
 */
export function checkAgainstRegister(
  message: BusinessMessage,
  state: SubjectState,
  { policy, original }: { policy: LinkPolicy; original?: Original | undefined },
): Issue[] {
  const issues =
    message.data.correction === undefined
      ? checkMove(message, state)
      : checkOriginal(message, state, original);
  if (
    message.type === 'certification-change' &&
    policy.consentRequired &&
    lacksConsent(message.data, state)
  ) {
    const reason =
      state.details === null ? 'no consent is registered' : 'the consent is not given or withdrawn';
    issues.push({
      pointer: '',
      code: 'consent-missing',
      rule: '5.5',
      message: `${message.data.change} needs the consent of the enterprise: ${reason}`,
    });
  }
  return issues;
}

/** The message that holds a version of a subject. */
export interface Original {
  messageId: string;
  type: string;
}

/** What a receiver flags of a message that it applies all the same (domain.md 5). */
export type Inconsistency = 'inconsistent' | 'initial-load' | 'consent-missing' | 'correction-unknown';

/**
 * What does not fit the receiver's copy of the register. A message that came early is not wrong: its `from` is
 * compared only where the version just before is held.
 *
 * @param state the cells of the message's subject, before the message
 * @param policy of the link; without it consent is taken as demanded
 */
export function inconsistencies(
  message: BusinessMessage,
  version: number,
  state: SubjectState,
  policy?: Pick<LinkPolicy, 'consentRequired'>,
): Inconsistency[] {
  const flags: Inconsistency[] = [];
  const { correction } = message.data;
  if (correction !== undefined) {
    if (correction.version >= version || correction.version > state.lastVersion)
      flags.push('correction-unknown');
  } else {
    if (isInitialLoad(message) && isKnownBefore(version, state)) flags.push('initial-load');
    else if (state.lastVersion === version - 1 && checkMove(message, state).length > 0)
      flags.push('inconsistent');
  }
  if (
    message.type === 'certification-change' &&
    (policy?.consentRequired ?? true) &&
    state.details !== null
  ) {
    if (lacksConsent(message.data, state)) flags.push('consent-missing');
  }
  return flags;
}

/** domain.md 4.3 and 5.4, of which corrections are exempt. */
function checkMove(message: BusinessMessage, state: SubjectState): Issue[] {
  switch (message.type) {
    case 'enterprise-status':
      return checkRecordMove(message.data, state);
    case 'certification-change':
      return checkChangeMove(message.data, state.standing);
    case 'validation-result':
      return [];
  }
}

function checkRecordMove(data: EnterpriseStatus, { standing, details }: SubjectState): Issue[] {
  if (data.occasion === 'initial-load') {
    if (standing === null && details === null) return [];
    const message = 'initial-load is for an enterprise that the link does not know';
    return [{ pointer: '/occasion', code: 'already-known', rule: '4.3', message }];
  }
  const issues: Issue[] = [];
  if (standing !== null && data.statusSince < standing.effective) {
    const message = `the standing stated last is in effect from ${standing.effective}; a record repeats it until then`;
    issues.push({ pointer: '/statusSince', code: 'change-pending', rule: '5.4', message });
  }
  const before = standing?.status ?? 'none';
  if (before !== data.status && !legalMoves.has(move(before, data.status))) {
    issues.push(illegal('/status', `no change leads from ${before} to ${data.status}`));
  }
  return issues;
}

/** A change starts where the register stands, in force or not. */
function checkChangeMove(data: CertificationChange, standing: Standing | null): Issue[] {
  const { from, regime, change } = data;
  const before = standing?.status ?? 'none';
  if (from.status !== before)
    return [illegal('/from/status', `the register says ${before}, not ${from.status}`)];
  if (standing === null) return [];
  const issues: Issue[] = [];
  const grade = from.class ?? from.tier;
  if (grade !== undefined && standing.grade !== null && grade !== standing.grade) {
    const pointer = from.class === undefined ? '/from/tier' : '/from/class';
    issues.push(illegal(pointer, `the register says ${standing.grade}, not ${grade}`));
  }
  if (from.regime !== undefined && from.regime !== standing.regime) {
    issues.push(illegal('/from/regime', `the register says ${standing.regime}, not ${from.regime}`));
  } else if ((change === 'upgraded' || change === 'downgraded') && regime !== standing.regime) {
    issues.push(
      illegal('/regime', `${change} stays in the same regime; the register says ${standing.regime}`),
    );
  }
  return issues;
}

/** domain.md 3.5: a correction names a version that exists, the message that holds it, and is of its type. */
function checkOriginal(
  { type, data: { correction } }: BusinessMessage,
  { lastVersion }: SubjectState,
  original: Original | undefined,
): Issue[] {
  if (correction === undefined) return [];
  const { version, messageId } = correction;
  const wrong = (member: string, message: string): Issue[] => [
    { pointer: `/correction/${member}`, code: 'correction-unknown', rule: '3.5', message },
  ];
  if (version > lastVersion) {
    return wrong(
      'version',
      `there is no version ${version} of this subject to correct; the last is ${lastVersion}`,
    );
  }
  if (original === undefined) return [];
  if (original.messageId !== messageId) {
    return wrong(
      'messageId',
      `version ${version} of this subject is message ${original.messageId}, not ${messageId}`,
    );
  }
  if (original.type === type) return [];
  return wrong(
    'version',
    `version ${version} of this subject is of type ${original.type}, which ${type} cannot correct`,
  );
}

/** domain.md 5.5: a change uses the consent last registered, but what ends or stops benefits is always allowed. */
function lacksConsent({ change }: CertificationChange, { details }: SubjectState): boolean {
  if (!changeEntry(change).consentRequired) return false;
  const consent = details !== null && 'consent' in details.data ? details.data.consent : undefined;
  return consent === undefined || consent.withdrawnOn !== undefined;
}

function isInitialLoad({ type, data }: BusinessMessage): boolean {
  return type === 'enterprise-status' && data.occasion === 'initial-load';
}

function isKnownBefore(version: number, { standing, details }: SubjectState): boolean {
  return (standing !== null && standing.version < version) || (details !== null && details.version < version);
}

/**
 * Moves of a status that a record may state: those of the changes, and the first application, which is nobody's
 * decision and so no change.
 */
const legalMoves: ReadonlySet<string> = new Set([...changes.flatMap(movesOf), move('none', 'applicant')]);

function movesOf({ from, to }: ChangeEntry): string[] {
  return to === 'same' || to === 'none' ? [] : from.map((status) => move(status, to));
}

function move(from: Status, to: Status): string {
  return `${from} ${to}`;
}

function illegal(pointer: string, message: string): Issue {
  return { pointer, code: 'illegal-transition', rule: '5.2', message };
}
