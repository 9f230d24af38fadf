import { AuditError } from '../../audit/audit-error.ts';
import { findEntriesOf, type OpenedEntry } from '../../audit/find-entries.ts';
import type { OwnAuditKeys } from '../../audit/own-audit-keys.ts';
import { policyFor } from '../../audit/policy-for.ts';
import { checkProof, proveEntry } from '../../audit/prove-entry.ts';
import { isJsonObject } from '../../envelope/parse-strict-json.ts';
import type { Link } from '../../links/link.ts';
import type { Database } from '../../store/database.ts';

/** An entry of our log about a message, with its proof made and checked on the spot. */
export interface CheckedEntry {
  log: string;
  origin: string;
  index: number;
  kind: string | null;
  time: string;
  proof: {
    /** Null where the entry is in no checkpoint that all witnesses have cosigned, yet. */
    ok: boolean | null;
    /** Of the tree that it was proved in. */
    size: number | null;
    cosigned: string[];
    error: string | null;
  };
}

export interface EntryParts {
  database: Pick<Database, 'query'>;
  auditKeys: OwnAuditKeys;
  links: ReadonlyMap<string, Link>;
}

/** Entries about one message that are proved: the first one is that of its acceptance or reception. */
const PROVED_MAX = 10;

export async function checkEntries(parts: EntryParts, message: string): Promise<CheckedEntry[]> {
  const entries = await findEntriesOf(parts.database, message);
  return Promise.all(entries.slice(0, PROVED_MAX).map((entry) => checkEntry(parts, entry)));
}

async function checkEntry(parts: EntryParts, entry: OpenedEntry): Promise<CheckedEntry> {
  const { time } = JSON.parse(entry.entry) as { time: string };
  const content: unknown = entry.content === null ? undefined : JSON.parse(entry.content);
  return {
    log: entry.log,
    origin: `${parts.auditKeys.log.verifier.name}/${entry.log}`,
    index: entry.index,
    kind: isJsonObject(content) && typeof content.kind === 'string' ? content.kind : null,
    time,
    proof: await prove(parts, entry),
  };
}

async function prove(
  { database, auditKeys, links }: EntryParts,
  entry: OpenedEntry,
): Promise<CheckedEntry['proof']> {
  try {
    const proof = Buffer.from(await proveEntry(database, entry));
    const { checkpoint, cosigned } = checkProof(proof, policyFor(proof, auditKeys, [...links.values()]));
    return { ok: true, size: checkpoint.size, cosigned, error: null };
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    const waits = error.code === 'not-found' || error.code === 'untrusted';
    return { ok: waits ? null : false, size: null, cosigned: [], error: error.message };
  }
}
