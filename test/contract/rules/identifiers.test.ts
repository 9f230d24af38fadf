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

type Identifiers = ReturnType<typeof record>['enterprise']['identifiers'];

function withIdentifiers(...extra: Identifiers) {
  const data = record();
  data.enterprise.identifiers = [{ scheme: 'gacc.customs-registration', value: '4403960A1B' }, ...extra];
  return status(data);
}

describe('2: shapes are refused by both sides', () => {
  test.each(['sender', 'receiver'] as const)('by the %s', (side) => {
    const message = withIdentifiers(
      { scheme: 'duns', value: '15-048-3782' },
      { scheme: 'gacc.uscc', value: '9144' },
    );
    expect(found(message, { side }).errors).toEqual([
      'identifier-shape /enterprise/identifiers/1/value',
      'identifier-shape /enterprise/identifiers/2/value',
    ]);
  });

  test('of a facility and of its sponsor, too', () => {
    const data = validation();
    data.facility.identifiers = [{ scheme: 'cbp.mid', value: 'cn-1' }];
    data.sponsor = { scheme: 'cbp.ctpat-account', value: '1000-0042' };
    expect(found(result(data)).errors).toEqual([
      'identifier-shape /facility/identifiers/0/value',
      'identifier-shape /sponsor/value',
    ]);
  });
});

describe('2: check digits', () => {
  const wrong = withIdentifiers({ scheme: 'gacc.uscc', value: '91440300MA5H3K7B7N' });
  const at = 'uscc-check-digit /enterprise/identifiers/1/value';

  test('of a unified social credit code are refused or warned of, by policy', () => {
    expect(found(wrong)).toEqual({ errors: [at], warnings: [] });
    const policy = { usccCheckDigits: 'warn', consentRequired: true } as const;
    expect(found(wrong, { policy })).toEqual({ errors: [], warnings: [at] });
  });

  test('policy binds the sender, the receiver only warns', () => {
    expect(found(wrong, { side: 'receiver' })).toEqual({ errors: [], warnings: [at] });
  });

  test('of a legal entity identifier are refused', () => {
    const message = withIdentifiers({ scheme: 'lei', value: '529900T8BM49AURSDO56' });
    expect(found(message).errors).toEqual(['lei-check-digit /enterprise/identifiers/1/value']);
  });
});

describe('2: the id is made from the one registration', () => {
  test('which must be there', () => {
    const data = record();
    data.enterprise.identifiers = [{ scheme: 'gacc.uscc', value: '91440300MA5H3K7B7M' }];
    expect(found(status(data)).errors).toEqual(['id-registration /enterprise/identifiers']);
  });

  test('once', () => {
    const message = withIdentifiers({ scheme: 'gacc.customs-registration', value: '4403960A1C' });
    expect(found(message).errors).toEqual(['id-registration /enterprise/identifiers']);
  });

  test('and be equal', () => {
    const data = record();
    data.enterprise.id = 'CN4403960A1C';
    expect(found(status(data)).errors).toEqual(['id-registration /enterprise/id']);
    const american = americanRecord();
    american.enterprise.id = 'US10000043';
    expect(found(status(american), { sender: 'US' }).errors).toEqual(['id-registration /enterprise/id']);
  });

  test('ids that stand alone have the shape of a registration', () => {
    const data = change();
    data.enterprise.id = 'CN44039';
    expect(found(decision(data)).errors).toEqual(['id-shape /enterprise/id']);
    const merged = record();
    merged.enterprise.supersedes = ['CN4403960A1C', 'CN1'];
    merged.enterprise.supersededBy = ['CN2'];
    expect(found(status(merged)).errors).toEqual([
      'id-shape /enterprise/supersedes/1',
      'id-shape /enterprise/supersededBy/0',
    ]);
  });

  test('a facility with a record bears its registration', () => {
    const data = { ...validation(), enterpriseId: 'CN4419940123' };
    expect(found(result(data))).toEqual(clean);
    expect(found(result({ ...data, enterpriseId: 'CN4419940124' })).errors).toEqual([
      'facility-registration /enterpriseId',
    ]);
  });
});

describe('2: what is doubtful is said and refused by nobody', () => {
  test('an abolished SVI number', () => {
    const message = withIdentifiers({ scheme: 'cbp.svi', value: 'abc-123' });
    expect(found(message)).toEqual({ errors: [], warnings: ['svi-legacy /enterprise/identifiers/1'] });
  });

  test('a MID of another name or place', () => {
    const message = withIdentifiers({ scheme: 'cbp.mid', value: 'CNGUAHEN1288SHE' });
    expect(found(message)).toEqual({
      errors: [],
      warnings: ['mid-mismatch /enterprise/identifiers/1/value'],
    });
  });

  test('a MID of any of the addresses fits', () => {
    const data = record();
    data.enterprise.addresses.unshift({
      type: 'registered',
      lines: ['9 Beijing Road'],
      city: 'Guangzhou',
      country: 'CN',
    });
    expect(found(status(data))).toEqual(clean);
  });
});

describe('2: importer-of-record numbers are refused wherever they stand', () => {
  test('in identifiers, names, lines and words', () => {
    const data = record();
    data.enterprise.identifiers.push({ scheme: 'cbp.svi', value: '12-3456789' });
    data.enterprise.name.latin = 'Harbor 123-45-6789';
    data.reason = 'importer 091234-12345';
    expect(found(status(data)).errors).toEqual([
      'importer-number /enterprise/identifiers/3/value',
      'importer-number /enterprise/name/latin',
      'importer-number /reason',
    ]);
    expect(found(status(data), { side: 'receiver' }).errors).toEqual([]);
  });

  test('in findings', () => {
    const data = validation();
    for (const finding of data.findings) finding.note = 'IOR 12-345678900';
    expect(found(result(data)).errors).toEqual([
      'importer-number /findings/0/note',
      'importer-number /findings/1/note',
    ]);
  });

  test('and an e-mail address is doubted', () => {
    const data = { ...change(), reason: 'write to officer@customs.example' };
    expect(found(decision(data))).toEqual({ errors: [], warnings: ['e-mail-address /reason'] });
  });
});
