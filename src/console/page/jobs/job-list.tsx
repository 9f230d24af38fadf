import { send } from '../api/client.ts';
import { useMay } from '../api/session.ts';
import type { Job } from '../api/types.ts';
import { usePaged } from '../api/use-data.ts';
import { ProgressBar } from '../parts/action-dialog.tsx';
import { StateBadge } from '../parts/badge.tsx';
import { Section } from '../parts/page-head.tsx';
import { Age } from '../parts/time.tsx';
import { useAction } from '../parts/use-action.tsx';
import { wordFor } from '../words/codes.ts';
import { count } from '../words/figures.ts';
import { say, useWords } from '../words/language.ts';
import { Outcome } from './bulk-action.tsx';

/** The last long acts, whoever started them, with how far they are. */
export function JobList() {
  const t = useWords();
  const jobs = usePaged<Job>('/v1/ops/jobs', { query: { limit: 5 }, topics: ['job'] });
  const mayOperate = useMay('operate');
  const [dialog, ask] = useAction(jobs.reload);
  if (jobs.items.length === 0) return null;
  return (
    <Section title={t('jobs.title')}>
      <ul className="jobs">
        {jobs.items.map((job) => (
          <li key={job.id}>
            <StateBadge state={job.state} />
            <b>{wordFor('act', job.kind)}</b>
            <span>{job.by}</span>
            <span className="quiet grow">{job.reason}</span>
            {job.state === 'running' || job.state === 'queued' ? (
              <>
                <ProgressBar progress={job} />
                {mayOperate && (
                  <button type="button" onClick={() => ask(cancelJob(job))}>
                    {t('action.cancel')}
                  </button>
                )}
              </>
            ) : (
              <button
                type="button"
                className="plain link"
                onClick={() =>
                  ask({
                    title: wordFor('act', job.kind),
                    preview: <Outcome job={job} />,
                    verb: t('action.close'),
                    reason: 'none',
                    run: async () => undefined,
                  })
                }
              >
                {t('act.outcome', { done: count(job.done), total: count(job.total) })}
              </button>
            )}
            <Age at={job.createdAt} />
          </li>
        ))}
      </ul>
      {dialog}
    </Section>
  );
}

function cancelJob(job: Job) {
  return {
    title: say('action.cancel'),
    preview: say('jobs.cancel-what', { done: count(job.done), total: count(job.total) }),
    verb: say('action.cancel'),
    reason: 'optional' as const,
    async run({ reason }: { reason: string }) {
      await send('POST', `/v1/ops/jobs/${job.id}/cancel`, { body: reason === '' ? {} : { reason } });
      return undefined;
    },
  };
}
