import { BulkError } from '../bulk/bulk-error.ts';
import type { Link } from '../links/link.ts';

/** The link that a command is for. @throws BulkError where it must be named, or is none of ours */
export function nameLink(links: ReadonlyMap<string, Link>, id: string | undefined): Link {
  const link = id === undefined && links.size === 1 ? [...links.values()][0] : links.get(id ?? '');
  if (link) return link;
  throw new BulkError('link-missing', `Name one of the links with --link: ${[...links.keys()].join(', ')}.`);
}
