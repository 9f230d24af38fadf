import type { Database } from '../store/database.ts';

/** Keeps the contract edition that each partner announces; writes only a change, so the row stays cold. */
export function editionMemory(database: Database): (link: string, edition: string) => Promise<void> {
  const known = new Map<string, string>();
  return async (link, edition) => {
    if (known.get(link) === edition) return;
    await database.query({
      name: 'delivery-remember-edition',
      text: 'update link_state set partner_edition = $2 where link = $1 and partner_edition is distinct from $2',
      values: [link, edition.slice(0, 64)],
    });
    known.set(link, edition);
  };
}
