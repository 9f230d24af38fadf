import { readFile, rename } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { isJsonObject } from '../../envelope/parse-strict-json.ts';
import { StoreError } from '../errors.ts';
import { writeDurably } from './copy-file.ts';

/** What a backup is and what it holds. Written last: a backup without it is not whole. */
export interface BackupManifest {
  format: 1;
  /** When the backup began: it holds all that was committed by `endedAt`. */
  startedAt: string;
  endedAt: string;
  /** Major version of PostgreSQL, `18`: another one cannot read the files. */
  postgres: string;
  /** `linux-x64`: nor can another machine. */
  machine: string;
  /** Number of the last migration of the schema. */
  migration: number;
  incarnation: string;
  startLsn: string;
  stopLsn: string;
  /** Folders that must exist, empty or not, relative to the backup. */
  folders: string[];
  /** Bytes and SHA-256 (hexadecimal) by path relative to the backup. */
  files: Record<string, { bytes: number; sha256: string }>;
}

const FILE = 'mra-backup.json';

export const machine: string = `${platform()}-${arch()}`;

/** Crash before the rename: the folder is no backup, and a restore says so. */
export async function writeManifest(folder: string, manifest: BackupManifest): Promise<void> {
  const partial = join(folder, `${FILE}.partial`);
  await writeDurably(partial, JSON.stringify(manifest, null, 1));
  await rename(partial, join(folder, FILE));
}

/** @throws StoreError `backup` where the folder holds no whole backup of this format */
export async function readManifest(folder: string): Promise<BackupManifest> {
  const text = await readFile(join(folder, FILE), 'utf8').catch((cause: unknown) => {
    throw new StoreError('backup', `${folder} holds no whole backup: there is no ${FILE} in it.`, { cause });
  });
  const manifest: unknown = JSON.parse(text);
  if (!isManifest(manifest)) {
    throw new StoreError('backup', `${join(folder, FILE)} is not of a format that this program knows.`);
  }
  return manifest;
}

/** Of the format that we write; the files it names are verified one by one. */
function isManifest(value: unknown): value is BackupManifest {
  return isJsonObject(value) && value.format === 1 && isJsonObject(value.files);
}
