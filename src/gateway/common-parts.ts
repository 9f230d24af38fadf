import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { Link } from '../links/link.ts';
import type { PartnerContact } from '../links/note-contact.ts';
import type { exchangeFigures } from '../operations/figures.ts';
import type { Store } from '../store/open-store.ts';

type Figures = ReturnType<typeof exchangeFigures>;

/** What every part of a gateway is made from. */
export interface CommonParts {
  config: Config;
  log: Logger;
  store: Store;
  links: ReadonlyMap<string, Link>;
  figures: Figures;
  contact: PartnerContact;
}
