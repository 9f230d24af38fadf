import type { Database } from '../store/database.ts';
import { AuditError } from './audit-error.ts';
import { readCheckpoint } from './notes/checkpoint.ts';
import { readDecimal } from './notes/decimal.ts';
import { checkNote, readSignatureLine } from './notes/signed-note.ts';
import type { VerifierKey } from './notes/verifier-key.ts';
import { writeWitnessRequest } from './notes/witness-request.ts';
import type { LogAnswer, PartnerLog } from './partner-log.ts';
import { type LogHead, type Reader, readHead, tileSource } from './read-tree.ts';
import { proveConsistency } from './tree/prove.ts';

/** What the partner's witness makes of a checkpoint of ours. */
export type Published =
  | { kind: 'cosigned' }
  /** It has cosigned a larger tree: our store was restored from an older backup. */
  | { kind: 'behind'; detail: string }
  /** It has cosigned another tree. */
  | { kind: 'forked'; detail: string }
  /** It does not take our word: a fault of the configuration. */
  | { kind: 'refused'; detail: string }
  | { kind: 'away'; detail: string };

export interface Witness {
  /** Id of the link. */
  link: string;
  key: VerifierKey;
  partner: PartnerLog;
}

/** The first answer names the size that the witness knows; more rounds are races with another process of ours. */
const ROUNDS_MAX = 4;

/**
 * Asks a partner's witness to cosign a checkpoint (C2SP tlog-witness): by compare-and-set on the size that it cosigned
 * last, with a proof that our tree goes on from there. The cosignature is kept before anything is told of it.
 *
 * A crash after the witness answered leaves us without the cosignature; the next request is told the size, and the
 * witness cosigns the same checkpoint again.
 */
export async function publishCheckpoint(
  database: Database,
  witness: Witness,
  published: LogHead,
): Promise<Published> {
  let head = published;
  let oldSize = await lastCosigned(database, witness.link, head);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const answer = await ask(database, witness.partner, oldSize, head);
    if ('kind' in answer) return answer;
    if (answer.status === 200) return keepCosignature(database, witness, head, answer.body.toString('utf8'));
    const stale = staleSize(answer);
    if (stale === undefined || stale === oldSize) return refusal(answer, oldSize, head);
    if (stale > head.size) {
      // Another process of ours may have gone on and published meanwhile: what the store holds now decides.
      const held = await readHead(database, head.log);
      if (held === undefined || held.size < stale) return behind(held ?? head, stale);
      head = held;
    }
    oldSize = stale;
  }
  return { kind: 'away', detail: 'the size that the witness knows keeps changing' };
}

function behind({ log, size }: LogHead, cosigned: number): Published {
  return {
    kind: 'behind',
    detail: `the partner has cosigned ${cosigned} entries of our log ${log}, we hold ${size}`,
  };
}

/** The size of which we know that the witness cosigned it. */
async function lastCosigned(reader: Reader, link: string, head: LogHead): Promise<number> {
  const [row] = await reader.query<{ size: number | null }>({
    name: 'audit-last-cosigned',
    text: 'select max(size) as size from audit_cosignature where link = $1 and log = $2',
    values: [link, head.log],
  });
  return Math.min(row?.size ?? 0, head.size);
}

async function ask(
  database: Database,
  partner: PartnerLog,
  oldSize: number,
  head: LogHead,
): Promise<LogAnswer | Extract<Published, { kind: 'away' }>> {
  const proof = await proveConsistency(tileSource(database, head.log), oldSize, head.size);
  try {
    return await partner.addCheckpoint(writeWitnessRequest(oldSize, proof, head.checkpoint));
  } catch (error) {
    return { kind: 'away', detail: error instanceof Error ? error.message : 'no answer' };
  }
}

function staleSize({ status, contentType, body }: LogAnswer): number | undefined {
  if (status !== 409 || !contentType.startsWith('text/x.tlog.size')) return undefined;
  return readDecimal(body.toString('latin1').replace(/\n$/, ''));
}

/** tlog-witness answers the same size with another root with 409 in v1.0.0, with 422 since. */
function refusal({ status, body }: LogAnswer, oldSize: number, head: LogHead): Published {
  const said = body.toString('utf8').trim().slice(0, 300);
  if (status === 422 || status === 409) {
    return {
      kind: 'forked',
      detail: `our log ${head.log} of ${head.size} entries does not go on from the ${oldSize} that the partner cosigned: ${said}`,
    };
  }
  if (status === 408 || status === 429 || status >= 500)
    return { kind: 'away', detail: `the partner answered ${status}` };
  return { kind: 'refused', detail: `the partner's witness answered ${status}: ${said}` };
}

async function keepCosignature(
  database: Database,
  { link, key }: Witness,
  head: LogHead,
  body: string,
): Promise<Published> {
  // There is nothing to prove of an empty log; that the witness knows no larger one is all that was asked.
  if (head.size === 0) return { kind: 'cosigned' };
  const found = cosignatureIn(body, head, key);
  if (found === undefined)
    return { kind: 'refused', detail: 'the answer of the witness is not a cosignature by its key' };
  await database.query({
    name: 'audit-keep-cosignature',
    text: `insert into audit_cosignature (log, size, link, root, checkpoint, line, at)
           values ($1, $2, $3, $4, $5, $6, to_timestamp($7))
           on conflict (log, size, link) do update set line = excluded.line, at = excluded.at`,
    values: [head.log, head.size, link, head.root, head.checkpoint, found.line, found.seconds],
  });
  return { kind: 'cosigned' };
}

/** Lines of other keys are passed over. */
function cosignatureIn(body: string, head: LogHead, key: VerifierKey) {
  try {
    const { note } = readCheckpoint(Buffer.from(head.checkpoint));
    const signatures = body.split('\n').slice(0, -1).map(readSignatureLine);
    return checkNote({ text: note.text, signatures }, [key])[0];
  } catch (error) {
    if (error instanceof AuditError) return undefined;
    throw error;
  }
}
