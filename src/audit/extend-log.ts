import type { Transaction } from '../store/database.ts';
import { logAt } from './log-name.ts';
import { checkpointText } from './notes/checkpoint.ts';
import { writeNote } from './notes/signed-note.ts';
import { type SigningKey, signerOfLog, signNote } from './notes/signing-key.ts';
import { type LogHead, readEdge, tileSource } from './read-tree.ts';
import { sequenceEntries } from './sequence-entries.ts';
import { type Edge, EMPTY_TREE, growTree } from './tree/grow-tree.ts';
import { writeTree } from './write-tree.ts';

/** Steps of a pass of the sequencer, between which a process may die. */
export type SequencerStep = 'locked' | 'taken' | 'grown' | 'written' | 'numbered' | 'committed';

export interface ExtendingParts {
  /** Key of the party's logs; each log signs with it under its own name. */
  logKey: SigningKey;
  now(): Date;
  /** For tests: called after each step. */
  onStep?(step: SequencerStep): Promise<void> | void;
}

/** The right edge of the tree last written, so that the next pass need not read it. */
export class EdgeMemory {
  #log = '';
  #root: Buffer = Buffer.alloc(0);
  #edge: Edge = EMPTY_TREE;

  /** @returns undefined unless it is the edge of exactly that head */
  recall({ log, size, root }: Pick<LogHead, 'log' | 'size' | 'root'>): Edge | undefined {
    return this.#log === log && this.#edge.size === size && this.#root.equals(root) ? this.#edge : undefined;
  }

  keep({ log, root }: Pick<LogHead, 'log' | 'root'>, edge: Edge): void {
    this.#log = log;
    this.#root = root;
    this.#edge = edge;
  }
}

/**
 * Takes pending entries into the tree, in the transaction of the sequencer: number them, grow the tiles, sign the new
 * head. Signing before the commit is harmless: nobody has seen the signature, and a transaction that is undone leaves
 * the entries pending for the next pass, which signs again.
 *
 * @param latest head of the log that was written last, undefined where there is none yet
 * @returns the new head, undefined where nothing was pending
 */
export async function extendLog(
  tx: Transaction,
  parts: ExtendingParts,
  latest: LogHead | undefined,
  memory: EdgeMemory,
): Promise<{ head: LogHead; count: number } | undefined> {
  const now = parts.now();
  const log = logAt(now, latest?.log);
  // The first entry of a year opens its log; the old one stays as it is.
  const before = latest?.log === log ? latest : undefined;
  const { count, leaves } = await sequenceEntries(tx, log, before?.size ?? 0);
  if (count === 0) return undefined;
  await parts.onStep?.('taken');
  const edge = before
    ? (memory.recall(before) ?? (await readEdge(tileSource(tx, log), before.size)))
    : EMPTY_TREE;
  const grown = growTree(edge, leaves);
  const { size } = grown.edge;
  await parts.onStep?.('grown');
  const head = signedHead(parts.logKey, { log, size, root: grown.root, signedAt: now });
  await writeTree(tx, before, head, grown.tiles);
  await parts.onStep?.('written');
  // Kept although the commit may fail: it is only recalled for a head that the store shows.
  memory.keep(head, grown.edge);
  return { head, count };
}

/** Signs the head of a log. */
export function signedHead(logKey: SigningKey, head: Omit<LogHead, 'checkpoint'>): LogHead {
  const signer = signerOfLog(logKey, head.log);
  const text = checkpointText({ origin: signer.verifier.name, size: head.size, root: head.root });
  return { ...head, checkpoint: writeNote(text, [signNote(signer, text)]) };
}
