import { hash } from 'node:crypto';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import { AuditError, malformed } from './audit-error.ts';
import type { OpenedEntry } from './find-entries.ts';
import type { Checkpoint } from './notes/checkpoint.ts';
import { checkByPolicy, type Policy } from './notes/policy.ts';
import { readProof, writeProof } from './notes/proof-file.ts';
import { readPublished } from './read-published.ts';
import { type Reader, tileSource } from './read-tree.ts';
import { checkInclusion } from './tree/check-proof.ts';
import { leafHash } from './tree/hash.ts';
import { proveInclusion } from './tree/prove.ts';

/** What the `extra` line of our proofs holds: the entry, and what opens it unless that is gone. */
interface Opening {
  entry: string;
  salt?: string;
  content?: string;
  gone?: string;
}

/**
 * A proof that stands alone (C2SP tlog-proof) that our log holds an entry: with the largest checkpoint that partners
 * have cosigned, and the entry, salt and content, which open it, as its extra data.
 *
 * @throws AuditError `not-found` where the entry is in no checkpoint yet
 */
export async function proveEntry(reader: Reader, opened: OpenedEntry): Promise<string> {
  const { log, index } = opened;
  const published = await readPublished(reader, log, index + 1);
  if (!published)
    throw new AuditError('not-found', `entry ${index} of the log ${log} is in no checkpoint yet`);
  const hashes = await proveInclusion(tileSource(reader, log), index, published.size);
  return writeProof(openingOf(opened), index, hashes, published.note);
}

export function openingOf({
  entry,
  salt,
  content,
  gone,
}: Pick<OpenedEntry, 'entry' | 'salt' | 'content' | 'gone'>): Buffer {
  const opening: Opening = {
    entry,
    ...(salt && content !== null ? { salt: salt.toString('base64url'), content } : {}),
    ...(gone ? { gone } : {}),
  };
  return Buffer.from(JSON.stringify(opening));
}

/** A proof that holds. */
export interface CheckedProof {
  checkpoint: Checkpoint;
  index: number;
  /** Names of the policy whose cosignatures the checkpoint bears. */
  cosigned: string[];
  entry: string;
  /** What the entry is about; null where the proof does not open it. */
  content: unknown;
  gone: string | null;
}

/**
 * Checks a proof by a policy alone: the signatures of its checkpoint, that the entry is in that tree, that salt and
 * content are those that the entry's digest was made of.
 *
 * @throws AuditError which says what does not hold
 */
export function checkProof(bytes: Buffer, policy: Policy): CheckedProof {
  const proof = readProof(bytes);
  const { checkpoint, index } = proof;
  const { cosignatures } = checkByPolicy(proof.note, checkpoint.origin, policy);
  const opening = readOpening(proof.extra);
  if (!checkInclusion(checkpoint, index, leafHash(Buffer.from(opening.entry)), proof.hashes)) {
    throw new AuditError(
      'bad-proof',
      `the hashes do not lead from the entry, as number ${index}, to the root of ${checkpoint.origin} at ${checkpoint.size}`,
    );
  }
  return {
    checkpoint,
    index,
    cosigned: [...cosignatures.keys()],
    entry: opening.entry,
    content: openContent(opening),
    gone: opening.gone ?? null,
  };
}

/** Nothing signs the extra line, so it has one spelling: what is not exactly as openingOf writes it is refused. */
function readOpening(extra: Buffer | undefined): Opening {
  const text = extra?.toString('utf8') ?? '';
  const opening = parsed(text);
  if (!isJsonObject(opening) || typeof opening.entry !== 'string') {
    throw malformed('the extra line of the proof does not hold the entry');
  }
  const { entry, salt, content, gone } = opening;
  const read = {
    entry,
    ...(typeof salt === 'string' && typeof content === 'string' ? { salt, content } : {}),
    ...(gone === 'erased' || gone === 'lost' ? { gone } : {}),
  };
  const canonical = Buffer.from(read.salt ?? '', 'base64url').toString('base64url') === (read.salt ?? '');
  if (!canonical || JSON.stringify(read) !== text || ('salt' in read && 'gone' in read)) {
    throw malformed('the extra line of the proof holds something else than an entry and what opens it');
  }
  return read;
}

function openContent({ entry, salt, content }: Opening): unknown {
  if (salt === undefined || content === undefined) return null;
  const salted = Buffer.concat([Buffer.from(salt, 'base64url'), Buffer.from(content)]);
  const stated = parsed(entry);
  if (!isJsonObject(stated) || stated.digest !== hash('sha256', salted, 'base64url')) {
    throw new AuditError(
      'bad-proof',
      'salt and content are not those that the digest of the entry was made of',
    );
  }
  return parsed(content);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('the extra line of the proof is not base64 of JSON');
  }
}
