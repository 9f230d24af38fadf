import { useEffect } from 'react';
import { unusedMs } from '../api/attendance.ts';
import { endIfOver, useSession } from '../api/session.ts';
import { Icon } from '../parts/icon.tsx';
import { span } from '../words/figures.ts';
import { useWords } from '../words/language.ts';
import { useNow } from '../words/now.ts';

/** Said so long before: time enough to come back to the page. */
const WARNED_MS = 120_000;
/** The gateway writes when a session was seen to the minute; it is asked again this often once the time is over. */
const ASKED_EVERY_MS = 15_000;

/** Says that the session of a page that nobody uses ends, and asks the gateway whether it has. */
export function IdleMark() {
  const t = useWords();
  const state = useSession();
  const now = useNow();
  const idleMs = state.is === 'in' ? state.session.idleSeconds * 1000 : Number.POSITIVE_INFINITY;
  const left = idleMs - unusedMs(now);
  const turn = left > 0 ? undefined : Math.floor(-left / ASKED_EVERY_MS);
  useEffect(() => {
    if (turn !== undefined) void endIfOver();
  }, [turn]);
  if (left > WARNED_MS) return null;
  return (
    <span className="live-broken" role="status" title={t('frame.idle-why')}>
      <Icon name="attention" />
      <span>{t('frame.idle', { span: span(Math.max(0, left)) })}</span>
    </span>
  );
}
