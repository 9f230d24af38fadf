/** What the partner's data may be read for: they serve mutual recognition only. */
export const purposes = [
  'risk-assessment',
  'clearance',
  'validation',
  'programme-review',
  'support',
] as const;

export type Purpose = (typeof purposes)[number];

export function isPurpose(value: string): value is Purpose {
  return (purposes as readonly string[]).includes(value);
}
