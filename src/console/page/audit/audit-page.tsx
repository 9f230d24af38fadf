import { PageHead } from '../parts/page-head.tsx';
import { useWords } from '../words/language.ts';

export default function AuditPage() {
  const t = useWords();
  return (
    <div className="page">
      <PageHead title={t('place.audit')} />
    </div>
  );
}
