import { Badge, type Tone } from '../parts/badge.tsx';
import { Instant } from '../parts/time.tsx';
import { count } from '../words/figures.ts';
import { useWords } from '../words/language.ts';
import { useNow } from '../words/now.ts';

const DAY_MS = 86_400_000;

/** From when until when it is valid; with a word once the end is near, as the gateway's own alerts have it. */
export function Expiry({ from, until }: { from: string | null; until: string | null }) {
  const t = useWords();
  const now = useNow(60_000);
  if (until === null) {
    return (
      <>
        <Instant at={from} /> – <span className="quiet">{t('keys.no-end')}</span>
      </>
    );
  }
  const days = Math.floor((Date.parse(until) - now) / DAY_MS);
  return (
    <>
      <span className="instant">
        {from?.slice(0, 10)} – {until.slice(0, 10)}
      </span>{' '}
      {days < 0 ? (
        <Badge tone="bad" icon="bad" text={t('keys.over')} />
      ) : (
        <Badge
          tone={toneOf(days)}
          icon={days < 30 ? 'attention' : 'ok'}
          text={t('keys.days', { count: days, n: count(days) })}
        />
      )}
    </>
  );
}

function toneOf(days: number): Tone {
  if (days < 7) return 'bad';
  return days < 30 ? 'warn' : 'quiet';
}
