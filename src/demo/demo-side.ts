import type { Party } from '../contract/party.ts';
import type { GatewayClient } from './gateway-client.ts';

/** Roles for which the demo draws tokens (api.md, Auth). */
export type TokenRole = 'backend' | 'reader' | 'operator' | 'auditor' | 'admin';

/** One side as `.mra/demo.json` describes it to programs (api.md, "The demo for programs"). */
export interface SideDescription {
  party: Party;
  /** Id of the link to the partner in this side's configuration. */
  link: string;
  /** Base URLs. */
  internal: string;
  exchange: string;
  console: string;
  pid: number;
  tokens: Readonly<Record<TokenRole, string>>;
  /** Files with which a client may speak to this side's exchange listener as its partner. */
  tls: { ca: string; cert: string; key: string };
}

/** A gateway of the demo that is up, as a process of its own. */
export interface DemoSide extends SideDescription, AsyncDisposable {
  /** Folder of its configuration and keys. */
  folder: string;
  /** Folder of its embedded database. */
  dataDir: string;
  client: GatewayClient;
  /** Settles when the process ends, with how it ended. */
  ended: Promise<string>;
}

export type DemoSides = Readonly<Record<Party, DemoSide>>;

export const PARTIES: readonly Party[] = ['CN', 'US'];
