import { ago, bothInstants, span, utcInstant } from '../words/figures.ts';
import { say, useLanguage, useWords } from '../words/language.ts';
import { useNow } from '../words/now.ts';

/** How long ago: "19 min ago"; on hover the instant, in UTC and here. */
export function Age({ at }: { at: string | null | undefined }) {
  useLanguage();
  const now = useNow(at != null && Date.now() - Date.parse(at) < 90_000 ? 1000 : 10_000);
  if (at == null) return <None />;
  const instant = new Date(at);
  return (
    <time dateTime={at} title={bothInstants(instant)}>
      {ago(instant, Math.max(now, Date.now() - 10_000))}
    </time>
  );
}

/** In how long something is due; what is overdue is due now. */
export function Due({ at }: { at: string }) {
  useLanguage();
  const now = useNow(1000);
  const instant = new Date(at);
  return (
    <time dateTime={at} title={bothInstants(instant)}>
      {instant.getTime() - now < 1000 ? say('figure.due') : ago(instant, now)}
    </time>
  );
}

/** How long since, without "ago": "19 min". */
export function Since({ at }: { at: string | null | undefined }) {
  useLanguage();
  const now = useNow(1000);
  if (at == null) return <None />;
  const instant = new Date(at);
  return (
    <time dateTime={at} title={bothInstants(instant)}>
      {span(now - instant.getTime())}
    </time>
  );
}

/** The instant in UTC; on hover also here. */
export function Instant({ at, ms = false }: { at: string | null | undefined; ms?: boolean }) {
  useLanguage();
  if (at == null) return <None />;
  const instant = new Date(at);
  return (
    <time className="instant" dateTime={at} title={bothInstants(instant)}>
      {utcInstant(instant, ms)}
    </time>
  );
}

/** What there is none of. */
export function None() {
  const t = useWords();
  return (
    <span className="none quiet" role="img" aria-label={t('figure.none')}>
      –
    </span>
  );
}
