import { type Party, partnerOf } from '../../src/contract/party.ts';
import type { DemoSide } from '../../src/demo/demo-side.ts';
import { startSide } from '../../src/demo/start-side.ts';
import { forgetTokens } from './forget-tokens.ts';
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
