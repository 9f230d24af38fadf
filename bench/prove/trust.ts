import type { Claim } from '../claim.ts';
import { proveChangeover } from '../trust/prove-changeover.ts';
import { proveHostileInput } from '../trust/prove-hostile-input.ts';

/** Keys, transport, access and hostile input, at full size. */
export async function prove(seed: number): Promise<Claim[]> {
  return [...(await proveChangeover()), ...(await proveHostileInput(seed))];
}
