import { PageHead } from '../parts/page-head.tsx';
import { useWords } from '../words/language.ts';

export default function LanesPage() {
  const t = useWords();
  return (
    <div className="page">
      <PageHead title={t('place.lanes')} />
    </div>
  );
}
