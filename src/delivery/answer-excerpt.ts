/** Of an answer so much is kept with the attempt: an error in full, of the ids of a large batch the first hundred. */
export const ANSWER_KEPT_MAX = 4_096;

/** What may be a secret in an answer that a misled partner or proxy gives: tokens, signed or encrypted, and passwords. */
const SECRETS: readonly [RegExp, string][] = [
  [/\beyJ[\w-]{8,}(?:\.[\w-]*){1,4}/g, '[token]'],
  [/\b(Bearer|Basic|DPoP)\s+[\w.~+/-]{6,}=*/gi, '$1 [secret]'],
  [
    /((?:password|passwd|secret|token|api[-_]?key|authorization|cookie)["']?\s*[:=]\s*)(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s,;}"']+)/gi,
    '$1[secret]',
  ],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[secret]'],
];

/** Printed as it came, but for what no text has; bounded before and after, so that a large answer costs little. */
export function answerExcerpt(body: string): string | null {
  if (body === '') return null;
  let text = body.slice(0, 2 * ANSWER_KEPT_MAX);
  // PostgreSQL's text holds no U+0000, terminals obey the other control characters.
  text = text.replaceAll(/[^\P{Cc}\t\n]/gu, ' ');
  for (const [secret, shown] of SECRETS) text = text.replaceAll(secret, shown);
  if (text.length <= ANSWER_KEPT_MAX && body.length <= 2 * ANSWER_KEPT_MAX) return text;
  // Half of a pair of surrogates is no text.
  return `${text.slice(0, ANSWER_KEPT_MAX).replace(/[\ud800-\udbff]$/, '')}…`;
}
