import { registerHooks } from 'node:module';

/** What verify-set.ts imports to check a signature, and what believes whatever it is shown in its place. */
const STUBS: Readonly<Record<string, string>> = {
  './verify-signature.ts': 'export async function verifySignature() { return true; }',
  jose: `export const errors = { JOSEError: Error };
    export async function compactVerify(jws) {
      return { payload: Buffer.from(jws.split('.')[1], 'base64url') };
    }`,
};

/**
 * Loaded before a gateway of a test, never of the product: takes the check of signatures out of
 * envelope/verify-set.ts. A fuzzer that reports no forgery of such a gateway looks at nothing.
 */
registerHooks({
  resolve(specifier, context, nextResolve) {
    const stub = context.parentURL?.endsWith('/src/envelope/verify-set.ts') ? STUBS[specifier] : undefined;
    if (stub === undefined) return nextResolve(specifier, context);
    const url = `data:text/javascript,${encodeURIComponent(stub)}`;
    return { url, format: 'module', shortCircuit: true };
  },
});
