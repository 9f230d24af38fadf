import type { Claim } from '../claim.ts';
import { proveHostileInput } from '../trust/prove-hostile-input.ts';

/** What anybody may send, at full size. */
export function prove(): Promise<Claim[]> {
  return proveHostileInput();
}
