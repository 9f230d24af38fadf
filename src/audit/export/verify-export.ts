import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { AuditError, malformed } from '../audit-error.ts';
import { type ReadCheckpoint, readCheckpoint } from '../notes/checkpoint.ts';
import { checkByPolicy, type Policy, readPolicy } from '../notes/policy.ts';
import { readVerifierKey, type VerifierKey, writeVerifierKey } from '../notes/verifier-key.ts';
import { levelCount, tilePath, tilesOfLevel } from '../tree/tile.ts';
import { verifyTiles } from './verify-tiles.ts';
import { EXPORT_FILES } from './write-export.ts';

/** One thing wrong with an export. */
export interface ExportFault {
  /** Path within the export. */
  file: string;
  /** Index of the entry that is concerned, where it is one. */
  entry?: number;
  message: string;
}

export interface VerifiedExport {
  origin: string;
  size: number;
  root: string;
  /** Witnesses whose cosignature holds, by their names in the policy, with its instant. */
  cosigned: { name: string; at: string }[];
  faults: ExportFault[];
}

/** Beyond this many one more says nothing new. */
const FAULTS_MAX = 100;

/**
 * Verifies an export from its files and a policy alone: the signatures of the checkpoint, every entry, every tile, the
 * root. Reads one bundle at a time, so that its memory does not grow with the log.
 *
 * @param policyBytes whom to trust: from another source than the export
 * @returns every fault found, each with its file and entry; none means that the log is what its signers signed
 */
export async function verifyExport(folder: string, policyBytes: Buffer): Promise<VerifiedExport> {
  const policy = readPolicy(policyBytes);
  const faults: ExportFault[] = [];
  const note = (fault: ExportFault): void => {
    if (faults.length < FAULTS_MAX) faults.push(fault);
  };
  const read = await attempt(EXPORT_FILES.checkpoint, note, () => openCheckpoint(folder));
  const verified: VerifiedExport = { origin: '', size: 0, root: '', cosigned: [], faults };
  if (!read) return verified;
  const { origin, size, root } = read.checkpoint;
  Object.assign(verified, { origin, size, root: root.toString('base64') });
  await attempt(EXPORT_FILES.checkpoint, note, async () => {
    const { cosignatures } = checkByPolicy(read.note, origin, policy);
    verified.cosigned = [...cosignatures].map(([name, { seconds }]) => ({
      name,
      at: new Date(seconds * 1000).toISOString(),
    }));
  });
  const keys = await attempt(EXPORT_FILES.keys, note, () => checkKeys(folder, policy));
  await attempt(EXPORT_FILES.policy, note, () => checkOwnPolicy(folder, policy));
  if (keys) refuseUnknownSigners(read, keys, note);
  await refuseUnknownTiles(folder, size, note);
  await verifyTiles(folder, read.checkpoint, note);
  return verified;
}

async function attempt<T>(
  file: string,
  note: (fault: ExportFault) => void,
  act: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof AuditError) note({ file, message: error.message });
    else if (error instanceof Error && 'code' in error)
      note({ file, message: `cannot be read (${String(error.code)})` });
    else throw error;
    return undefined;
  }
}

async function openCheckpoint(folder: string): Promise<ReadCheckpoint> {
  return readCheckpoint(await readFile(join(folder, EXPORT_FILES.checkpoint)));
}

/** Keys that the export names are those of the policy: one that is not would be somebody else's. */
async function checkKeys(folder: string, policy: Policy): Promise<VerifierKey[]> {
  const text = await readFile(join(folder, EXPORT_FILES.keys), 'latin1');
  if (!text.endsWith('\n')) throw malformed('the last line has no newline');
  const keys = text.slice(0, -1).split('\n').map(readVerifierKey);
  refuseStrangers(keys, policy);
  return keys;
}

async function checkOwnPolicy(folder: string, policy: Policy): Promise<void> {
  const own = readPolicy(await readFile(join(folder, EXPORT_FILES.policy)));
  refuseStrangers([...own.logs, ...own.witnesses.values()], policy);
}

function refuseStrangers(keys: readonly VerifierKey[], policy: Policy): void {
  const trusted = new Set([...policy.logs, ...policy.witnesses.values()].map(writeVerifierKey));
  const stranger = keys.find((key) => !trusted.has(writeVerifierKey(key)));
  if (stranger)
    throw new AuditError('untrusted', `names the key of ${stranger.name}, which the policy does not trust`);
}

/** C2SP passes over lines of unknown keys; an export has none, so one is a line that was changed. */
function refuseUnknownSigners(
  { note: signed }: ReadCheckpoint,
  keys: readonly VerifierKey[],
  note: (fault: ExportFault) => void,
): void {
  for (const { name, id } of signed.signatures) {
    if (keys.some((key) => key.name === name && key.id === id)) continue;
    note({
      file: EXPORT_FILES.checkpoint,
      message: `bears a signature of ${name}, a key that the export does not name`,
    });
  }
}

/** A tile that the checkpoint does not call for would be one that nothing vouches for. */
async function refuseUnknownTiles(
  folder: string,
  size: number,
  note: (fault: ExportFault) => void,
): Promise<void> {
  const wanted = new Set<string>();
  for (const level of ['entries' as const, ...Array.from({ length: levelCount(size) }, (_, n) => n)]) {
    for (const tile of tilesOfLevel(level, size)) wanted.add(tilePath(tile));
  }
  const found = await readdir(join(folder, 'tile'), { recursive: true, withFileTypes: true }).catch(() => []);
  for (const item of found) {
    if (item.isDirectory()) continue;
    const file = relative(folder, join(item.parentPath, item.name)).split(sep).join('/');
    if (!wanted.has(file)) note({ file, message: 'is no tile of a tree of that size' });
  }
}
