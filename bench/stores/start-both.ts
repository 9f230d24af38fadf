import type { DemoSides } from '../../src/demo/demo-side.ts';
import { startSide } from '../../src/demo/start-side.ts';
import { forgetTokens } from './forget-tokens.ts';
import { MILLION, makeRegister, type RegisterSize } from './make-register.ts';

/** Both gateways of full registers, up as processes of their own. */
export async function startBoth(
  size: RegisterSize = MILLION,
  root?: string,
): Promise<AsyncDisposable & { sides: DemoSides }> {
  const prepared = await makeRegister(size, root);
  await Promise.all([forgetTokens(prepared.CN), forgetTokens(prepared.US)]);
  await using stack = new AsyncDisposableStack();
  const CN = stack.use(await startSide(prepared.CN, prepared.US));
  const US = stack.use(await startSide(prepared.US, prepared.CN));
  const owned = stack.move();
  return { sides: { CN, US }, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
