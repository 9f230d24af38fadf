import { useEffect, useState } from 'react';
import { useLiveState } from '../api/live.ts';
import { useMay } from '../api/session.ts';
import { Icon } from '../parts/icon.tsx';
import { Link, useRoute } from '../router.tsx';
import { wordFor } from '../words/codes.ts';
import { localInstant, localOffset, utcInstant } from '../words/figures.ts';
import { useWords } from '../words/language.ts';
import { useNow } from '../words/now.ts';
import { AccountMenu } from './account-menu.tsx';
import { IdleMark } from './idle-mark.tsx';
import { LanguageSwitch, ThemeSwitch } from './look-switches.tsx';
import { useOverview } from './overview-of.tsx';
import { SearchBox } from './search-box.tsx';

/** The pages whose side this is, one search for everything, language, theme, clock and person. */
export function TopBar() {
  const t = useWords();
  const { data } = useOverview();
  return (
    <header className="top">
      <MenuButton />
      <Link to="/" className="mark">
        <span className="mark-name">mra</span>
        {data?.party && <span className="mark-party"> · {wordFor('party', data.party)}</span>}
      </Link>
      <SearchBox />
      <div className="top-tools">
        <IdleMark />
        <LiveMark />
        <LanguageSwitch />
        <ThemeSwitch />
        <Clock />
        <AccountMenu />
      </div>
      <span className="visually-hidden">{t('frame.keys')}</span>
    </header>
  );
}

/** On a narrow screen the places are behind this button. */
function MenuButton() {
  const t = useWords();
  const { path } = useRoute();
  // Going somewhere closes the menu.
  const [openAt, setOpenAt] = useState<string>();
  const open = openAt === path;
  useEffect(() => {
    document.documentElement.classList.toggle('menu-open', open);
  }, [open]);
  return (
    <button
      type="button"
      className="plain menu-button"
      aria-expanded={open}
      aria-label={t('frame.places')}
      onClick={() => setOpenAt(open ? undefined : path)}
    >
      <Icon name={open ? 'close' : 'menu'} />
    </button>
  );
}

function Clock() {
  const t = useWords();
  const now = new Date(useNow());
  return (
    <time
      className="clock"
      dateTime={now.toISOString()}
      title={`${t('frame.local')} ${localInstant(now)} ${localOffset(now)}`}
    >
      {t('frame.utc')} {utcInstant(now).slice(11)}
    </time>
  );
}

/** Says only what somebody must know: that what is shown may be old. */
function LiveMark() {
  const t = useWords();
  const state = useLiveState();
  const mayOperate = useMay('operate');
  if (!mayOperate || state !== 'broken') return null;
  return (
    <span className="live-broken" role="status" title={t('frame.live-broken-why')}>
      <Icon name="unlinked" />
      <span>{t('frame.live-broken')}</span>
    </span>
  );
}
