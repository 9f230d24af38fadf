import { describe, expect, it } from 'vitest';
import { storeErrorOf } from '../../src/store/errors.ts';
import { keepLog } from '../support/http.ts';

describe('the log', () => {
  it.each(['authorization', 'cookie', 'token', 'password', 'databaseUrl', 'connectionString', 'jws'])(
    'never holds the value of %s, wherever it stands',
    (name) => {
      const { log, lines, text } = keepLog();
      log.info(
        { [name]: 'geheim', headers: { [name]: 'geheim' }, request: { headers: { [name]: 'geheim' } } },
        'line',
      );
      expect(lines()).toHaveLength(1);
      expect(text()).not.toContain('geheim');
      expect(text()).toContain('[redacted]');
    },
  );

  it('holds the reason of an error but not the values that a driver hangs on it', () => {
    const { log, lines, text } = keepLog();
    const driver = Object.assign(new Error('duplicate key value violates unique constraint "k"'), {
      code: '23505',
      severity: 'ERROR',
      constraint: 'k',
      detail: 'Key (name)=(geheim) already exists.',
      where: 'geheim',
    });
    log.error({ err: storeErrorOf(driver) }, 'failed');
    expect(lines()[0]).toMatchObject({
      err: {
        name: 'StoreError',
        code: 'constraint',
        cause: { code: '23505', message: expect.stringContaining('"k"') },
      },
    });
    expect(text()).not.toContain('geheim');
  });

  it('holds neither tokens nor passwords that a message quotes', () => {
    const { log, text } = keepLog();
    log.error(
      { err: new Error(`no answer from postgresql://mra:geheim@db/mra for mra_${'geheim'.repeat(8)}`) },
      'failed',
    );
    expect(text()).toContain('postgresql://mra:[redacted]@db/mra');
    expect(text()).not.toContain('geheim');
  });
});
