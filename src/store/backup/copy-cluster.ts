import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Copied, copyDurably, syncFolder, together } from './copy-file.ts';

/** What was copied, by paths relative to the target. */
export interface CopiedTree {
  folders: string[];
  files: Record<string, Copied>;
}

/**
 * Folders whose content belongs to the running server and is made anew by every start:
 * https://www.postgresql.org/docs/18/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP-DATA. Of pg_wal a backup
 * takes exactly the segments it needs, afterwards.
 */
const EMPTIED: ReadonlySet<string> = new Set([
  'log',
  'pg_dynshmem',
  'pg_notify',
  'pg_replslot',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
  'pg_wal',
]);

const LEFT_OUT =
  /^(postmaster\.(pid|opts)|current_logfiles(\.tmp)?|backup_label|tablespace_map|pg_internal\.init.*|pgsql_tmp.*)$/;

/**
 * Copies the files of a cluster while its server writes. Each may be torn and of another moment: the WAL from the
 * start of the backup puts that right. One that vanishes meanwhile belonged to a table that was dropped.
 *
 * @param from the cluster
 * @param to an empty folder
 */
export async function copyCluster(from: string, to: string): Promise<CopiedTree> {
  const tree: CopiedTree = { folders: [], files: {} };
  await copyFolder(from, to, '', tree);
  return tree;
}

async function copyFolder(from: string, to: string, path: string, tree: CopiedTree): Promise<void> {
  const entries = (await readdir(join(from, path), { withFileTypes: true })).filter(
    ({ name }) => !LEFT_OUT.test(name),
  );
  const nameOf = (entry: { name: string }): string => (path === '' ? entry.name : `${path}/${entry.name}`);
  const files = entries.filter((entry) => entry.isFile()).map(nameOf);
  await together(files, async (name) => {
    const copied = await copyDurably(join(from, name), join(to, name)).catch(unlessGone);
    if (copied) tree.files[name] = copied;
  });
  for (const entry of entries) {
    const name = nameOf(entry);
    const emptied = path === '' && EMPTIED.has(name);
    // pg_wal may be a link to another disk.
    if (!entry.isDirectory() && !emptied) continue;
    await mkdir(join(to, name), { mode: 0o700 });
    tree.folders.push(name);
    if (!emptied) await copyFolder(from, to, name, tree);
  }
  await syncFolder(join(to, path));
}

function unlessGone(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
