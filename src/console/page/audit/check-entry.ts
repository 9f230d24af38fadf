/** What was checked of an entry, by this browser and not by the gateway that is checked. */
export interface Checked {
  /** Salt and content are those that the entry's digest was made of; null where they are erased. */
  opened: boolean | null;
  /** The hashes of the proof lead from the entry to the root of the checkpoint. */
  included: boolean;
  /** Entries in the tree of the checkpoint. */
  size: number;
  /** Lines of signatures that the checkpoint bears, by their names. */
  signers: string[];
}

interface Opening {
  entry: string;
  salt?: string;
  content?: string;
}

/**
 * Checks a proof of one entry (C2SP tlog-proof): from the entry to the root, and from salt and content to the entry.
 * The signatures are named, not checked: `mra audit verify` does that with the partner's keys.
 *
 * @throws Error where the text is no proof
 */
export async function checkEntry(proof: string): Promise<Checked> {
  const [head = '', ...rest] = proof.split('\n\n');
  const lines = head.split('\n');
  const note = rest.join('\n\n');
  if (lines[0] !== 'c2sp.org/tlog-proof@v1') throw new Error('no proof');
  const opening = JSON.parse(new TextDecoder().decode(bytesOf(textAfter(lines, 'extra ')))) as Opening;
  const index = Number(textAfter(lines, 'index '));
  const hashes = lines.slice(lines.findIndex((line) => line.startsWith('index ')) + 1).map(bytesOf);
  const [, sizeLine = '', rootLine = ''] = note.split('\n');
  const size = Number(sizeLine);
  const leaf = await sha256(new Uint8Array([0]), new TextEncoder().encode(opening.entry));
  const root = await rootOf(leaf, index, size, hashes);
  return {
    opened: await isOpenedBy(opening),
    included: root !== undefined && isEqual(root, bytesOf(rootLine)),
    size,
    signers: note
      .split('\n')
      .filter((line) => line.startsWith('\u2014 '))
      .map((line) => line.split(' ')[1] ?? ''),
  };
}

function textAfter(lines: readonly string[], name: string): string {
  return lines.find((line) => line.startsWith(name))?.slice(name.length) ?? '';
}

async function isOpenedBy({ entry, salt, content }: Opening): Promise<boolean | null> {
  if (salt === undefined || content === undefined) return null;
  const { digest } = JSON.parse(entry) as { digest: string };
  const made = await sha256(bytesOf(salt), new TextEncoder().encode(content));
  return isEqual(made, bytesOf(digest));
}

/** RFC 9162, 2.1.3.2. */
async function rootOf(
  leaf: Uint8Array,
  index: number,
  size: number,
  hashes: readonly Uint8Array[],
): Promise<Uint8Array | undefined> {
  let [node, last, hash] = [index, size - 1, leaf];
  if (!(index >= 0 && index < size)) return undefined;
  for (const sibling of hashes) {
    if (last === 0) return undefined;
    if (node % 2 === 1 || node === last) {
      hash = await sha256(new Uint8Array([1]), sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
    } else {
      hash = await sha256(new Uint8Array([1]), hash, sibling);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 ? hash : undefined;
}

async function sha256(...parts: Uint8Array[]): Promise<Uint8Array> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', joined));
}

/** Base64 and base64url alike. */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
