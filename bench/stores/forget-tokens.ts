import type { PreparedSide } from '../../src/demo/prepare-sides.ts';
import { openStore } from '../../src/store/open-store.ts';

/** Each start draws its tokens anew, under the same names. */
export async function forgetTokens({ dataDir }: PreparedSide): Promise<void> {
  await using store = await openStore({ dataDir, retentionDays: 90, connectionsMax: 1 }, silent);
  await store.database.query({ name: 'bench-forget-tokens', text: 'delete from access_token', values: [] });
}

const silent = { info() {}, warn() {} };
