import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';

const CHUNK_BYTES = 1_048_576;

export interface Copied {
  bytes: number;
  /** Hexadecimal. */
  sha256: string;
}

/** Copies a file to a place where there is none, mode 0600, and waits for the disk. */
export async function copyDurably(from: string, to: string): Promise<Copied> {
  await using source = await open(from, 'r');
  await using target = await open(to, 'wx', 0o600);
  const copied = await readThrough(source, async (chunk) => {
    for (let written = 0; written < chunk.length; ) {
      written += (await target.write(chunk, written)).bytesWritten;
    }
  });
  await target.sync();
  return copied;
}

/** Size and hash of a file as it is. */
export async function weighFile(path: string): Promise<Copied> {
  await using source = await open(path, 'r');
  return await readThrough(source, async () => {});
}

export async function writeDurably(path: string, text: string): Promise<Copied> {
  await using target = await open(path, 'w', 0o600);
  await target.writeFile(text);
  await target.sync();
  return { bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') };
}

/** Makes the names in a folder survive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync();
}

/** Files in work at once: a cluster has a thousand small ones, and the disk takes many waits for it as one. */
const TOGETHER = 16;

/** Does something for each, a few at a time. */
export async function together<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: TOGETHER }, async () => {
      for (const item of left) await work(item);
    }),
  );
}

async function readThrough(source: FileHandle, take: (chunk: Buffer) => Promise<void>): Promise<Copied> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let bytes = 0;
  for (;;) {
    const { bytesRead } = await source.read(buffer, 0, CHUNK_BYTES);
    if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') };
    const chunk = buffer.subarray(0, bytesRead);
    hash.update(chunk);
    bytes += bytesRead;
    await take(chunk);
  }
}
