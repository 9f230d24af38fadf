/** Whether somebody is before the page: what it asks by itself must not keep a session alive (the gateway ends idle ones). */

const KEPT_AS = 'mra.used';
/** Shared with the other tabs of this browser at most so often. */
const SHARED_EVERY_MS = 5_000;
/** Using the page counts for so long: what follows from a press is still of the person. */
const ATTENDED_MS = 60_000;

let usedAt = Date.now();
let sharedAt = 0;

for (const event of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const) {
  window.addEventListener(event, noteUse, { passive: true, capture: true });
}

export function noteUse(): void {
  usedAt = Date.now();
  if (usedAt - sharedAt < SHARED_EVERY_MS) return;
  sharedAt = usedAt;
  localStorage.setItem(KEPT_AS, String(usedAt));
}

/** For how long nobody has used this page, or another one of the console in this browser. */
export function unusedMs(now = Date.now()): number {
  const elsewhere = Number(localStorage.getItem(KEPT_AS) ?? 0);
  return Math.max(0, now - Math.max(usedAt, elsewhere));
}

export function isAttended(): boolean {
  return unusedMs() < ATTENDED_MS;
}
