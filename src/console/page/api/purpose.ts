/** What partner data may be read for; the gateway writes it down with every read. */
export const purposes = [
  'support',
  'risk-assessment',
  'clearance',
  'validation',
  'programme-review',
] as const;

const KEY = 'mra.purpose';

export function purposeOfReading(): string {
  return localStorage.getItem(KEY) ?? 'support';
}

export function setPurposeOfReading(purpose: string): void {
  localStorage.setItem(KEY, purpose);
}
