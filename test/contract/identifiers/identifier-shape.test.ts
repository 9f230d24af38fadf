import { describe, expect, test } from 'vitest';
import { bearsRegistrationOf, isCanonicalId } from '../../../src/contract/identifiers/canonical-id.ts';
import { hasIdentifierShape } from '../../../src/contract/identifiers/identifier-shape.ts';

describe('each scheme has its shape', () => {
  test.each([
    ['gacc.customs-registration', '4403960A1B', '440396A1B'],
    ['gacc.customs-registration', '4403961234', '44O3961234'],
    ['gacc.uscc', '91440300MA5H3K7B7M', '91440300MA5H3K7B7I'],
    ['cbp.ctpat-account', '10000042', '1000-0042'],
    ['cbp.mid', 'CNSHEHEN1288SHE', 'CNSHEHEN12888SHE'],
    ['lei', '529900T8BM49AURSDO55', '529900T8BM49AURSDOAA'],
    ['duns', '150483782', '15-048-3782'],
    ['scac', 'MAEU', 'MAEUX'],
    ['iata', '1234567', '12345678'],
    ['fmc', '018239N', '18A39'],
  ] as const)('%s: %s is one, %s is none', (scheme, good, bad) => {
    expect(hasIdentifierShape(scheme, good)).toBe(true);
    expect(hasIdentifierShape(scheme, bad)).toBe(false);
  });

  test('an abolished SVI number is read as it is', () => {
    expect(hasIdentifierShape('cbp.svi', 'whatever 1')).toBe(true);
  });
});

describe('canonical id', () => {
  test.each(['CN4403960A1B', 'US10000042'])('%s is one', (id) => expect(isCanonicalId(id)).toBe(true));
  test.each(['CN44039', 'JP4403960A1B', 'US', 'US1000-42'])('%s is none', (id) => {
    expect(isCanonicalId(id)).toBe(false);
  });

  test('is borne by identifiers that hold its one registration', () => {
    const own = { scheme: 'gacc.customs-registration', value: '4403960A1B' } as const;
    expect(bearsRegistrationOf('CN4403960A1B', [own])).toBe(true);
    expect(bearsRegistrationOf('CN4403960A1B', [own, own])).toBe(false);
    expect(bearsRegistrationOf('CN4403960A1C', [own])).toBe(false);
    expect(bearsRegistrationOf('CN4403960A1B', [])).toBe(false);
    expect(bearsRegistrationOf('JP4403960A1B', [own])).toBe(false);
  });
});
