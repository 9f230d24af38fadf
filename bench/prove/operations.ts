import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { grantAccess } from '../../src/access/grant-access.ts';
import { appendEntries } from '../../src/audit/append-entries.ts';
import { loadConfig } from '../../src/config/config.ts';
import { lanesOf } from '../../src/delivery/lane-of.ts';
import { prepareSides } from '../../src/demo/prepare-sides.ts';
import { startGateway } from '../../src/gateway.ts';
import { ensureLanes } from '../../src/operations/steer-lane.ts';
import { countMinutes } from '../../src/operations/traffic/count-minutes.ts';
import { openStore } from '../../src/store/open-store.ts';
import { storeConfig } from '../../src/store/store-config.ts';
import { atMost, type Claim } from '../claim.ts';
import { fillMessages } from '../operations/fill-messages.ts';

const TRAFFIC = { messages: 1_000_000, subjects: 100_000, days: 7 };
const PORT_OFFSET = 450;
const PAGE_MS = 300;
const ROUNDS = 5;
/** For the load only: what a crash would cost is another run. */
const LOADING = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_wal_size: '4GB' };

const PAGES: Record<string, string> = {
  overview: '/v1/ops/overview',
  'series of an hour': '/v1/ops/series?range=1h',
  'series of a week': '/v1/ops/series?range=7d&link=us-cbp',
  lanes: '/v1/ops/lanes',
  attempts: '/v1/ops/attempts?link=us-cbp&lane=3',
  alerts: '/v1/ops/alerts',
  messages: '/v1/messages',
  'messages receipted': '/v1/messages?state=receipted',
  'messages parked': '/v1/messages?state=parked',
  'messages by name': `/v1/messages?name=${encodeURIComponent('恒达4711电子')}`,
  'messages by text': '/v1/messages?q=CASE-4710',
  'messages of an hour': `/v1/messages?since=${new Date(Date.now() - 3_600_000).toISOString()}`,
  'count of messages of a day': `/v1/messages/count?since=${new Date(Date.now() - 86_400_000).toISOString()}`,
  'messages of validations': '/v1/messages?type=validation-result',
  'count of a type': '/v1/messages/count?type=certification-change',
  'count of a direction': '/v1/messages/count?direction=in',
  'count of parked messages': '/v1/messages/count?state=parked',
  'count of receipted messages': '/v1/messages/count?state=receipted',
  'count of delivered messages': '/v1/messages/count?state=delivered',
  'dead letters': '/v1/ops/dead-letters',
  'dead letters in groups': '/v1/ops/dead-letters/groups',
};

/** The console's pages with a million messages on record. */
export async function prove(): Promise<Claim[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mra-operations-'));
  try {
    return await measure(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(folder: string): Promise<Claim[]> {
  const silent = pino({ level: 'silent' });
  const sides = await prepareSides(folder, PORT_OFFSET);
  const config = await loadConfig({ file: sides.CN.config });
  let token: string;
  {
    await using store = await openStore({ ...storeConfig(config), settings: LOADING }, silent);
    const { database } = store;
    for (const link of config.links) await ensureLanes(database, link.id, lanesOf(link.lanes));
    const begun = performance.now();
    await fillMessages(database, TRAFFIC);
    console.log(
      `  ${TRAFFIC.messages} messages on record after ${Math.round((performance.now() - begun) / 1_000)} s`,
    );
    const counting = performance.now();
    while (await countMinutes(database, 'CN', new Date()));
    console.log(`  a week of minutes counted in ${Math.round(performance.now() - counting)} ms`);
    const grant = { name: 'bench', role: 'operator' } as const;
    ({ token } = await grantAccess(database, appendEntries, grant, 'bench', new Date()));
  }
  await using gateway = await startGateway(config, silent);
  const claims: Claim[] = [];
  for (const [page, path] of Object.entries(PAGES)) {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const begun = performance.now();
      const answer = await fetch(gateway.internal + path, { headers: { authorization: `Bearer ${token}` } });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${path}: ${text}`);
      times.push(performance.now() - begun);
    }
    const slowest = Math.round(Math.max(...times));
    claims.push(atMost(`${page}, the slowest of ${ROUNDS}`, PAGE_MS, slowest, ' ms'));
  }
  return claims;
}
