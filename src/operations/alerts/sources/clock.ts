/** An instant as alerts name it: `2026-11-24 08:02 UTC`. The text stays the same for as long as the alert lasts. */
export function clock(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
