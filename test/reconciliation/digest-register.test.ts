import { expect, it } from 'vitest';
import { digestRegister } from '../../src/reconciliation/digest-register.ts';
import { createTestDatabase } from '../support/postgres.ts';

/** Of what the tables hold by then the planner knows nothing: walked by pairs these are 36 million steps, a minute. */
const ENTERPRISES = 6_000;

it('a register that was just loaded is digested in a moment', async () => {
  const db = await createTestDatabase();
  try {
    await db.sql('analyze subject, subject_version, record_hash');
    await db.sql(
      `insert into subject (link, party, subject, kind, last_version, versions_held, standing_version, effective, status)
       select 'us-cbp', 'CN', 'CN' || n, 'enterprise', 1, 1, 1, '2026-04-01', 'applicant'
       from generate_series(1, $1::integer) n`,
      [ENTERPRISES],
    );
    await db.sql(
      `insert into subject_version (link, party, subject, version, counts_as, message, type, effective, status, at)
       select 'us-cbp', 'CN', 'CN' || n, 1, 1, gen_random_uuid(), 'enterprise-status', '2026-04-01', 'applicant', now()
       from generate_series(1, $1::integer) n`,
      [ENTERPRISES],
    );
    const register = { link: 'us-cbp', party: 'CN', direction: 'out' } as const;
    const asked = { until: new Date(), leftOut: [], erased: [] };
    const first = await digestRegister(db.database, register, asked);
    expect(first.records).toBe(ENTERPRISES);
    const startedAt = performance.now();
    expect((await digestRegister(db.database, register, asked)).root).toEqual(first.root);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  } finally {
    await db.close();
  }
}, 120_000);
