import { describe, expect, test } from 'vitest';
import {
  americanRecord,
  change,
  clean,
  decision,
  found,
  record,
  result,
  status,
  validation,
} from './canonical-messages.ts';

describe('rule 1, authority', () => {
  test('the canonical messages are CN’s to send', () => {
    expect(found(status(record()))).toEqual(clean);
    expect(found(decision(change()))).toEqual(clean);
    expect(found(result(validation()))).toEqual(clean);
  });

  test('only CN states the status of a CN enterprise, at sender and receiver', () => {
    for (const side of ['sender', 'receiver'] as const) {
      expect(found(status(record()), { side, sender: 'US' }).errors).toEqual([
        'foreign-authority /enterprise/id',
      ]);
      expect(found(decision(change()), { side, sender: 'US' }).errors).toEqual([
        'foreign-authority /enterprise/id',
      ]);
    }
  });

  test('only US states the status of a US enterprise', () => {
    expect(found(status(americanRecord()), { sender: 'US' })).toEqual(clean);
    expect(found(status(americanRecord())).errors).toEqual(['foreign-authority /enterprise/id']);
  });

  test('nobody states the status of an enterprise of a third country', () => {
    const data = change();
    data.enterprise.id = 'JP4403960A1B';
    expect(found(decision(data)).errors).toContain('foreign-authority /enterprise/id');
  });

  test('a joint result is sent by its lead', () => {
    expect(found(result(validation()), { sender: 'US' }).errors).toEqual(['foreign-authority /lead']);
    expect(found(result(validation()), { sender: 'US', side: 'receiver' }).errors).toEqual([
      'foreign-authority /lead',
    ]);
  });

  test('CN leads for a facility in China', () => {
    const data = validation();
    data.lead = 'US';
    data.team = [
      { party: 'US', office: 'CBP C-TPAT', role: 'lead' },
      { party: 'CN', office: 'Huangpu Customs', role: 'observer' },
    ];
    expect(found(result(data), { sender: 'US' }).errors).toEqual(['lead-not-host /lead']);
    data.facility.address.country = 'US';
    expect(found(result(data), { sender: 'US' }).errors).toEqual([]);
  });

  test('a validation of one’s own that the other led is doubted, not refused', () => {
    const data = validation();
    data.kind = 'follow-up';
    data.lead = 'US';
    expect(found(result(data))).toEqual({ errors: [], warnings: ['lead-not-sender /lead'] });
  });
});
