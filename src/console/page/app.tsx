import { Suspense, useEffect } from 'react';
import { closeLive, openLive } from './api/live.ts';
import { useMay, useSession } from './api/session.ts';
import { BrokenPage } from './frame/broken-page.tsx';
import { LoginPage } from './frame/login-page.tsx';
import { OverviewOf } from './frame/overview-of.tsx';
import { SideNavigation } from './frame/side-navigation.tsx';
import { TopBar } from './frame/top-bar.tsx';
import { ProblemNote, Skeleton } from './parts/states.tsx';
import { type Place, placeOf, places } from './places.ts';
import { addressOf, go, Link, useRoute } from './router.tsx';
import { useLanguage, useWords } from './words/language.ts';

export function App() {
  useLanguage();
  const session = useSession();
  if (session.is === 'loading') return null;
  if (session.is === 'unknown') return <BrokenSession />;
  if (session.is === 'out') return <LoginPage why={session.why} />;
  return <Console />;
}

function BrokenSession() {
  const session = useSession();
  return (
    <main className="alone">
      {session.is === 'unknown' && (
        <ProblemNote problem={session.problem} retry={() => window.location.reload()} />
      )}
    </main>
  );
}

function Console() {
  const t = useWords();
  const mayOperate = useMay('operate');
  useEffect(() => {
    if (!mayOperate) return;
    openLive();
    return closeLive;
  }, [mayOperate]);
  return (
    <OverviewOf>
      <a className="skip" href="#main">
        {t('frame.skip')}
      </a>
      <TopBar />
      <div className="frame">
        <SideNavigation />
        <main id="main" tabIndex={-1}>
          <PageHere />
        </main>
      </div>
    </OverviewOf>
  );
}

function PageHere() {
  const t = useWords();
  const { path } = useRoute();
  const here = placeOf(path);
  const first = useFirstPlace();
  useEffect(leadOn, []);
  useEffect(() => {
    // Who may not see the overview begins at the first place that is theirs.
    if (path === '/' && first !== undefined && first !== '/') go(first, {}, { replace: true });
  }, [path, first]);
  useEffect(() => {
    document.title = here ? `${t(here.place.name)} · mra` : 'mra';
  }, [here, t]);
  if (!here) return <NoSuchPage />;
  return <PageOf key={here.place.path} place={here.place} rest={here.rest} />;
}

/** Who was led to the login from a page that is not of this router goes back there, and nowhere else. */
function leadOn(): void {
  const { pathname, searchParams } = new URL(window.location.href);
  if (pathname !== addressOf('/login')) return;
  const next = searchParams.get('next');
  if (next === addressOf('/queues')) window.location.replace(next);
  else go('/', {}, { replace: true });
}

function useFirstPlace(): string | undefined {
  const session = useSession();
  if (session.is !== 'in') return undefined;
  const granted = session.session.scopes;
  return places.find(({ scopes }) => scopes.some((scope) => granted.includes(scope)))?.path;
}

function PageOf({ place, rest }: { place: Place; rest: string }) {
  const t = useWords();
  const may = useMay(...place.scopes);
  if (!may) {
    return (
      <section className="page">
        <h1>{t(place.name)}</h1>
        <p>{t('frame.may-not', { scope: place.scopes.join(', ') })}</p>
      </section>
    );
  }
  return (
    <BrokenPage>
      <Suspense fallback={<Skeleton rows={8} />}>
        <place.page rest={rest} />
      </Suspense>
    </BrokenPage>
  );
}

function NoSuchPage() {
  const t = useWords();
  return (
    <section className="page">
      <h1>{t('frame.no-such-page')}</h1>
      <p>
        <Link to="/">{t('frame.to-overview')}</Link>
      </p>
    </section>
  );
}
