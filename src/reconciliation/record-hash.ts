import { hash } from 'node:crypto';
import type { Status } from '../generated/codes.ts';
import { canonicalJson } from './canonical-json.ts';

/** What both sides say of one enterprise: its two cells (domain.md 3), each with the version that filled it. */
export interface ComparedRecord {
  id: string;
  /** The data of the `enterprise-status` that fills the cell, as parsed JSON. */
  details: unknown;
  detailsVersion: number | null;
  standing: {
    regime: string;
    /** Class or tier. */
    grade: string | null;
    status: Status;
    /** The day since which it stands. */
    since: string;
    version: number;
  } | null;
  /** What history, `on` and `asOf` are answered from: every version that stands, ascending. */
  versions: readonly ComparedVersion[];
}

export interface ComparedVersion {
  version: number;
  countsAs: number;
  message: string;
  effective: string | null;
  regime: string | null;
  grade: string | null;
  status: string | null;
}

/**
 * SHA-256 over the canonical record `{details, detailsVersion, id, standing: {grade, regime, since, status, version},
 * versions: [{countsAs, effective, grade, message, regime, status, version}]}`; absent cells are null. When a message
 * was received is no part of it.
 */
export function recordHash({ id, details, detailsVersion, standing, versions }: ComparedRecord): Buffer {
  const text = canonicalJson({ details: details ?? null, detailsVersion, id, standing, versions });
  return hash('sha256', text, 'buffer');
}

/** A row of the register as it is read; both cells empty where nothing is said of the enterprise. */
export interface RegisterRow {
  subject: string;
  /** JSON as it is stored. */
  details: string | null;
  detailsVersion: number | null;
  standingVersion: number | null;
  effective: string | null;
  regime: string | null;
  grade: string | null;
  status: Status | null;
  /** JSON: a list of {@link ComparedVersion}, ascending. */
  versions: string | null;
}

export function rowHash(row: RegisterRow): Buffer {
  const { subject, details, detailsVersion, standingVersion, effective, regime, grade, status } = row;
  const isStanding = standingVersion !== null && effective !== null && regime !== null && status !== null;
  return recordHash({
    id: subject,
    details: details === null ? null : JSON.parse(details),
    detailsVersion: details === null ? null : detailsVersion,
    standing: isStanding ? { regime, grade, status, since: effective, version: standingVersion } : null,
    versions: row.versions === null ? [] : (JSON.parse(row.versions) as ComparedVersion[]),
  });
}
