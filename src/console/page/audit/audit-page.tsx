import { PageHead } from '../parts/page-head.tsx';
import { Choice } from '../parts/tabs.tsx';
import { go, useRoute } from '../router.tsx';
import { useWords } from '../words/language.ts';
import { CheckpointList } from './checkpoint-list.tsx';
import { EntryList } from './entry-list.tsx';
import { ReadList } from './read-list.tsx';
import './audit.css';

const TABS = ['checkpoints', 'entries', 'reads'] as const;

/** The log that the partner cosigns: its checkpoints, its entries with their proofs, who read what. */
export default function AuditPage() {
  const t = useWords();
  const { query } = useRoute();
  const tab = TABS.find((one) => one === query.tab) ?? 'checkpoints';
  return (
    <div className="page">
      <PageHead title={t('place.audit')}>
        <Choice
          label={t('place.audit')}
          options={TABS.map((value) => ({ value, name: t(`audit.tab-${value}`) }))}
          value={tab}
          choose={(value) => go('/audit', { tab: value })}
        />
      </PageHead>
      {tab === 'checkpoints' && <CheckpointList />}
      {tab === 'entries' && <EntryList />}
      {tab === 'reads' && <ReadList />}
    </div>
  );
}
