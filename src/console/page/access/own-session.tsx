import { useSession } from '../api/session.ts';
import { Facts, Section } from '../parts/page-head.tsx';
import { Instant } from '../parts/time.tsx';
import { wordFor } from '../words/codes.ts';
import { span } from '../words/figures.ts';
import { useWords } from '../words/language.ts';

export function OwnSession() {
  const t = useWords();
  const state = useSession();
  if (state.is !== 'in') return null;
  const { name, role, scopes, link, purpose, expiresAt, idleSeconds } = state.session;
  return (
    <Section title={t('access.session')}>
      <Facts
        items={[
          [t('access.name'), name],
          [t('access.role'), role && wordFor('role', role)],
          [
            t('access.scopes'),
            <span key="scopes" className="mono">
              {scopes.join(' ')}
            </span>,
          ],
          [t('register.link'), link],
          [t('access.purpose'), purpose && wordFor('purpose', purpose)],
          [t('access.ends'), <Instant key="ends" at={expiresAt} />],
          [t('access.idle'), span(idleSeconds * 1000)],
        ]}
      />
    </Section>
  );
}
