import type { Logger } from 'pino';
import type { Database } from '../store/database.ts';
import { activateConfirmed } from './activate-confirmed.ts';
import type { LiveKeyRing } from './live-key-ring.ts';
import { listOwnKeys, retireKeys } from './own-keys.ts';
import type { PartnerKeyRing } from './partner-key-ring.ts';

export interface KeyLifeParts {
  database: Database;
  log: Logger;
  keyRing: LiveKeyRing;
  partnerKeys: PartnerKeyRing;
  /** Ids of the configured links. */
  links: readonly string[];
  /** How long a key stays retiring. */
  overlapMs: number;
  /** Makes pending messages of revoked keys anew. */
  reissue(revoked: readonly string[]): Promise<void>;
}

/** What another process of this side did about keys is known here within this time. */
const INTERVAL_MS = 2_000;

export interface KeyLife extends AsyncDisposable {
  /** Does now what it does every two seconds; for what this process changed itself. */
  look(): Promise<void>;
}

/** Follows the store on which keys count, lets the next key sign when its time has come, and retires old ones. */
export function runKeyLife(parts: KeyLifeParts): KeyLife {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    try {
      await lookOnce(parts);
    } catch (error) {
      if (!stopped) parts.log.warn({ err: error }, 'keys: not looked after, next try in a moment');
    }
  };
  const turn = (): void => {
    looking = look().finally(() => {
      if (!stopped) timer = setTimeout(turn, INTERVAL_MS);
    });
  };
  turn();
  return {
    look,
    async [Symbol.asyncDispose]() {
      stopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

async function lookOnce(parts: KeyLifeParts): Promise<void> {
  const { database, log, keyRing, partnerKeys, links, overlapMs, reissue } = parts;
  await partnerKeys.refresh();
  const now = new Date();
  const rows = await listOwnKeys(database);
  const isNextWaiting = rows.some(({ state }) => state === 'next');
  const isRetiring = rows.some(
    ({ state, changedAt }) => state === 'retiring' && changedAt.getTime() + overlapMs <= now.getTime(),
  );
  if (isNextWaiting) {
    const kid = await database.transaction((tx) => activateConfirmed(tx, links, now));
    if (kid !== undefined) log.info({ kid }, 'keys: this key signs from now on');
  }
  if (isRetiring) {
    const retired = await database.transaction((tx) => retireKeys(tx, overlapMs, now));
    log.info({ kids: retired }, 'keys: retired');
  }
  await reissue(rows.filter(({ state }) => state === 'revoked').map(({ kid }) => kid));
  keyRing.setStates(isNextWaiting || isRetiring ? await listOwnKeys(database) : rows);
}
