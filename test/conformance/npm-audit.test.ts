import { expect, it } from 'vitest';
import { readAudit } from '../../bench/trust/npm-audit.ts';

const report = (high: number, critical: number) =>
  JSON.stringify({
    metadata: { vulnerabilities: { low: 3, high, critical } },
    vulnerabilities: {
      a: { name: 'a', severity: 'high', range: '<2.0.0' },
      b: { name: 'b', severity: 'low', range: '*' },
    },
  });

it.each([
  ['no finding', report(0, 0), { checked: true, high: 0, critical: 0 }],
  ['a finding', report(1, 0), { checked: true, high: 1, found: ['high: a <2.0.0'] }],
  [
    'no answer',
    '{"message":"405 Method Not Allowed - POST …"}',
    { checked: false, why: '405 Method Not Allowed - POST …' },
  ],
  ['no answer in older words', '{"error":{"summary":"unavailable"}}', { checked: false, why: 'unavailable' }],
  ['nothing', '', { checked: false }],
])('an audit with %s is told from the others', (_, text, outcome) => {
  expect(readAudit(text)).toMatchObject(outcome);
});
