import { useSession } from '../api/session.ts';
import { Icon } from '../parts/icon.tsx';
import { places } from '../places.ts';
import { Link, useRoute } from '../router.tsx';
import { count } from '../words/figures.ts';
import { useWords } from '../words/language.ts';
import { LanguageSwitch, ThemeSwitch } from './look-switches.tsx';
import { useOverview } from './overview-of.tsx';

/** The places, with a count only where somebody must act. */
export function SideNavigation() {
  const t = useWords();
  const { path } = useRoute();
  const session = useSession();
  const { data: overview } = useOverview();
  const granted = session.is === 'in' ? session.session.scopes : [];
  return (
    <nav className="side" aria-label={t('frame.places')}>
      <ul>
        {places
          .filter(({ scopes }) => scopes.some((scope) => granted.includes(scope)))
          .map((place) => {
            const here = path === place.path || (place.path !== '/' && path.startsWith(`${place.path}/`));
            const due = overview ? (place.due?.(overview) ?? 0) : 0;
            return (
              <li key={place.path}>
                <Link to={place.path} aria-current={here ? 'page' : undefined}>
                  <span>{t(place.name)}</span>
                  {due > 0 && (
                    <span className="due" title={t('frame.due', { count: due })}>
                      <Icon name="attention" />
                      {count(due)}
                    </span>
                  )}
                </Link>
              </li>
            );
          })}
      </ul>
      <div className="side-foot">
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
    </nav>
  );
}
