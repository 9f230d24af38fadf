import { Problem } from '../http/problem.ts';
import type { Link } from '../links/link.ts';
import { KeysError } from './keys-error.ts';

/** @throws Problem 404 */
export function linkOf(links: ReadonlyMap<string, Link>, id: string): Link {
  const link = links.get(id);
  if (!link) throw new Problem('not-found', { detail: `There is no link ${id}.` });
  return link;
}

/** What is wrong with a key, as an answer: 404 where there is no such key, else 409. */
export async function explained<T>(act: Promise<T>): Promise<T> {
  try {
    return await act;
  } catch (cause) {
    if (!(cause instanceof KeysError)) throw cause;
    const missing = cause.faults.some(({ code }) => code === 'no-key');
    throw new Problem(missing ? 'not-found' : 'conflict', { detail: `${cause.message}.`, cause });
  }
}
