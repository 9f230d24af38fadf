import { AuditError, malformed } from '../audit-error.ts';
import { readDecimal } from './decimal.ts';
import { type CheckedSignature, checkNote, type SignedNote } from './signed-note.ts';
import { readVerifierKey, type VerifierKey, writeVerifierKey } from './verifier-key.ts';

/** Whose signatures make a checkpoint good (C2SP tlog-policy): one of the logs, and a quorum of the witnesses. */
export interface Policy {
  logs: VerifierKey[];
  witnesses: Map<string, VerifierKey>;
  groups: Map<string, { least: number; members: string[] }>;
  /** Name of a witness or group; `none` asks for no cosignature. */
  quorum: string;
}

const POLICY_BYTES_MAX = 65_536;
/** Names on the lines of a group, and lines in all: far above what two administrations need. */
const LINES_MAX = 256;

/** Every named witness has to cosign. */
export function writePolicy(
  logs: readonly VerifierKey[],
  witnesses: ReadonlyMap<string, VerifierKey>,
): string {
  const names = [...witnesses.keys()];
  const lines = [
    ...logs.map((key) => `log ${writeVerifierKey(key)}`),
    ...[...witnesses].map(([name, key]) => `witness ${name} ${writeVerifierKey(key)}`),
    ...(names.length > 1 ? [`group witnesses all ${names.join(' ')}`] : []),
    `quorum ${names.length > 1 ? 'witnesses' : (names[0] ?? 'none')}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** @throws AuditError `malformed`, which names the line */
export function readPolicy(bytes: Buffer): Policy {
  if (bytes.length > POLICY_BYTES_MAX) throw malformed(`a policy has at most ${POLICY_BYTES_MAX} bytes`);
  if (bytes.some((byte) => (byte < 0x20 && byte !== 0x09 && byte !== 0x0a) || byte === 0x7f)) {
    throw malformed('a policy has no control characters but tabs and newlines');
  }
  const lines = bytes.toString('utf8').split('\n');
  if (lines.pop() !== '' || lines.length > LINES_MAX)
    throw malformed(`a policy has at most ${LINES_MAX} lines, each with its newline`);
  const policy: Policy = { logs: [], witnesses: new Map(), groups: new Map(), quorum: '' };
  for (const [n, line] of lines.entries()) {
    const words = line.split(/[ \t]+/).filter((word) => word !== '');
    if (words.length > 0 && !words[0]?.startsWith('#'))
      readLine(policy, words, `line ${n + 1} of the policy`);
  }
  if (policy.quorum === '') throw malformed('the policy has no quorum line');
  return policy;
}

function readLine(policy: Policy, [keyword, ...words]: string[], place: string): void {
  const name = words[0] ?? '';
  switch (keyword) {
    case 'log':
      policy.logs.push(readKey(name, 'log', policy.logs, place));
      refuseMore(words, 2, place);
      return;
    case 'witness':
      refuseKnown(policy, name, place);
      policy.witnesses.set(name, readKey(words[1] ?? '', 'witness', [...policy.witnesses.values()], place));
      refuseMore(words, 3, place);
      return;
    case 'group':
      refuseKnown(policy, name, place);
      policy.groups.set(name, readGroup(policy, words, place));
      return;
    case 'quorum':
      if (policy.quorum !== '' || (name !== 'none' && !isDefined(policy, name))) {
        throw malformed(
          `${place}: a policy has one quorum, a witness or group of the lines before it, or none`,
        );
      }
      policy.quorum = name;
      refuseMore(words, 1, place);
      return;
    default:
      throw malformed(`${place}: ${JSON.stringify(keyword)} is not log, witness, group or quorum`);
  }
}

function readKey(
  text: string,
  role: VerifierKey['role'],
  others: readonly VerifierKey[],
  place: string,
): VerifierKey {
  let key: VerifierKey;
  try {
    key = readVerifierKey(text);
  } catch (cause) {
    if (!(cause instanceof AuditError)) throw cause;
    throw malformed(`${place}: ${cause.message}`);
  }
  if (key.role !== role)
    throw malformed(`${place}: ${key.name} is the key of a ${key.role}, not of a ${role}`);
  if (role === 'witness' && others.some((other) => other.bytes.equals(key.bytes))) {
    throw malformed(`${place}: another witness has the same key`);
  }
  return key;
}

function readGroup(
  policy: Policy,
  [, least, ...members]: string[],
  place: string,
): { least: number; members: string[] } {
  const count = least === 'all' ? members.length : least === 'any' ? 1 : readDecimal(least ?? '');
  const known =
    members.every((member) => isDefined(policy, member)) && new Set(members).size === members.length;
  if (count === undefined || count < 1 || count > members.length || !known) {
    throw malformed(
      `${place}: a group is a name, all, any or a number, and names of the lines before it, each once`,
    );
  }
  return { least: count, members };
}

const isDefined = (policy: Policy, name: string): boolean =>
  policy.witnesses.has(name) || policy.groups.has(name);

function refuseKnown(policy: Policy, name: string, place: string): void {
  if (name === '' || name === 'none' || isDefined(policy, name))
    throw malformed(`${place}: ${name || 'a name'} cannot be defined here`);
}

function refuseMore(words: readonly string[], most: number, place: string): void {
  if (words.length > most) throw malformed(`${place}: more words than it takes`);
}

/** A checkpoint's note that the policy is content with. */
export interface TrustedNote {
  log: CheckedSignature;
  /** By their names in the policy. */
  cosignatures: Map<string, CheckedSignature>;
}

/**
 * Checks the signatures of a checkpoint by a policy.
 *
 * @param origin the first line of the checkpoint: the log's key bears it as its name
 * @throws AuditError `untrusted` or `bad-signature`
 */
export function checkByPolicy(note: SignedNote, origin: string, policy: Policy): TrustedNote {
  const logs = policy.logs.filter((key) => key.name === origin);
  if (logs.length === 0) throw new AuditError('untrusted', `the policy knows no log ${origin}`);
  const checked = checkNote(note, [...logs, ...policy.witnesses.values()]);
  const log = checked.find(({ key }) => key.role === 'log');
  if (!log) throw new AuditError('untrusted', `the checkpoint is not signed by the log ${origin}`);
  const cosignatures = new Map(
    [...policy.witnesses].flatMap(([name, key]) => {
      const signature = checked.find((each) => each.key === key);
      return signature ? [[name, signature] as const] : [];
    }),
  );
  if (policy.quorum !== 'none' && !hasWitnessed(policy, policy.quorum, new Set(cosignatures.keys()))) {
    const missing = [...policy.witnesses.keys()].filter((name) => !cosignatures.has(name));
    throw new AuditError(
      'untrusted',
      `the checkpoint lacks cosignatures for the quorum ${policy.quorum}: none of ${missing.join(', ')}`,
    );
  }
  return { log, cosignatures };
}

function hasWitnessed(policy: Policy, name: string, cosigned: ReadonlySet<string>): boolean {
  const group = policy.groups.get(name);
  if (!group) return cosigned.has(name);
  return group.members.filter((member) => hasWitnessed(policy, member, cosigned)).length >= group.least;
}
