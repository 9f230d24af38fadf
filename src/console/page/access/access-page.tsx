import { useMay } from '../api/session.ts';
import { PageHead } from '../parts/page-head.tsx';
import { useWords } from '../words/language.ts';
import { Approvals } from './approvals.tsx';
import { OwnSession } from './own-session.tsx';
import { Sessions } from './sessions.tsx';
import { Tokens } from './tokens.tsx';

/** What waits for a second person, who may do what, and who is logged in here. */
export default function AccessPage() {
  const t = useWords();
  const mayAccess = useMay('access');
  return (
    <div className="page">
      <PageHead title={t('place.access')} />
      <Approvals />
      {mayAccess && <Tokens />}
      <Sessions />
      <OwnSession />
    </div>
  );
}
