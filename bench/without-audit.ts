import { registerHooks } from 'node:module';

/**
 * Loaded into a gateway's process before anything else, it takes the audit out: nothing is salted, hashed or stored.
 * Only to measure what the audit costs; there is no such setting.
 */
registerHooks({
  load(url, context, next) {
    if (!url.endsWith('/src/audit/append-entries.ts')) return next(url, context);
    return { format: 'module', shortCircuit: true, source: 'export async function appendEntries() {}' };
  },
});
