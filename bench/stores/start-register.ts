import { type Party, partnerOf } from '../../src/contract/party.ts';
import type { DemoSide } from '../../src/demo/demo-side.ts';
import type { PreparedSide } from '../../src/demo/prepare-sides.ts';
import { startSide } from '../../src/demo/start-side.ts';
import { openStore } from '../../src/store/open-store.ts';
import { MILLION, makeRegister, type RegisterSize } from './make-register.ts';

/** One gateway of a full register, up by itself: its partner is away. */
export async function startRegister(
  party: Party,
  size: RegisterSize = MILLION,
  root?: string,
): Promise<DemoSide> {
  const sides = await makeRegister(size, root);
  await forgetTokens(sides[party]);
  return startSide(sides[party], sides[partnerOf(party)]);
}

/** Each start draws its tokens anew, under the same names. */
async function forgetTokens({ dataDir }: PreparedSide): Promise<void> {
  await using store = await openStore({ dataDir, retentionDays: 90, connectionsMax: 1 }, silent);
  await store.database.query({ name: 'bench-forget-tokens', text: 'delete from access_token', values: [] });
}

const silent = { info() {}, warn() {} };
