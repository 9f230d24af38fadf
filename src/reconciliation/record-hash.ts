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
}

/**
 * SHA-256 over the canonical record `{details, detailsVersion, id, standing: {grade, regime, since, status, version}}`;
 * absent cells are null. When a message was received, and by which id, is no part of it.
 */
export function recordHash({ id, details, detailsVersion, standing }: ComparedRecord): Buffer {
  const text = canonicalJson({ details: details ?? null, detailsVersion, id, standing });
  return hash('sha256', text, 'buffer');
}
