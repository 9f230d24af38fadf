import type { ReactNode } from 'react';
import { get, send } from '../api/client.ts';
import type { Job } from '../api/types.ts';
import type { Action, ActionRun } from '../parts/action-dialog.tsx';
import { Badge, StateBadge } from '../parts/badge.tsx';
import { Link } from '../router.tsx';
import { count } from '../words/figures.ts';
import { say } from '../words/language.ts';
import { Said } from '../words/said.tsx';

export type BulkKind = 'retry' | 'withdraw' | 'resubmit' | 'dismiss';

/** What an act is about: a filter of dead letters, or ids. */
export type LetterFilter = Readonly<Record<string, string | readonly string[] | undefined>>;

interface DryRun {
  matched: number;
  enterprises: number;
  links: string[];
  more: boolean;
}

/** How often a job is asked how far it is; the stream tells the other pages. */
const ASK_MS = 700;
const FAILURES_SHOWN = 8;

/**
 * Acts on all that match, in order, as a job of the gateway: it goes on when the page is closed, and can be cancelled.
 */
export function bulkAction(kind: BulkKind, filter: LetterFilter): Action {
  return {
    title: say(`act.${kind}`),
    dangerous: kind === 'withdraw',
    reason: 'required',
    cancellable: true,
    verb: say(`act.${kind}`),
    async preview(signal) {
      // The reason is asked for after the count: the API wants one with every request.
      const body = { kind, filter, reason: say('act.preview-reason'), dryRun: true };
      const dry = await send<DryRun>('POST', '/v1/ops/jobs', { body, signal });
      return <Preview kind={kind} dry={dry} />;
    },
    async run(run) {
      const { job } = await send<{ job: Job }>('POST', '/v1/ops/jobs', {
        body: { kind, filter, reason: run.reason },
      });
      return <Outcome job={await follow(job, run)} />;
    },
  };
}

function Preview({ kind, dry: { matched, enterprises, links, more } }: { kind: BulkKind; dry: DryRun }) {
  const n = more ? say('act.at-least', { n: count(matched) }) : count(matched);
  return (
    <>
      <p>
        <strong>
          {say(`act.${kind}-many`, { n, enterprises: count(enterprises), links: links.join(', ') })}
        </strong>
      </p>
      <p className="quiet">{say(`act.${kind}-what`)}</p>
    </>
  );
}

function isOver({ state }: Job): boolean {
  return state === 'done' || state === 'cancelled' || state === 'failed' || state === 'waiting-approval';
}

async function follow(first: Job, { signal, progress }: ActionRun): Promise<Job> {
  let job = first;
  let cancelled = false;
  while (!isOver(job)) {
    progress({ done: job.done, total: job.total, failed: job.failed });
    await new Promise((next) => setTimeout(next, ASK_MS));
    if (signal.aborted && !cancelled) {
      cancelled = true;
      await send('POST', `/v1/ops/jobs/${job.id}/cancel`, { body: {} });
    }
    job = await get<Job>(`/v1/ops/jobs/${job.id}`);
  }
  return job;
}

/** What became of a job, with the messages that could not be acted on. */
export function Outcome({ job }: { job: Job }): ReactNode {
  const { state, done, total, failed, failures, approval } = job;
  if (state === 'waiting-approval') {
    return (
      <>
        <StateBadge state={state} />
        <p>{say('act.waits', { n: count(total) })}</p>
        {approval !== null && <Link to="/access">{say('act.to-approvals')}</Link>}
      </>
    );
  }
  return (
    <>
      <p>
        <StateBadge state={state} /> {say('act.outcome', { done: count(done), total: count(total) })}
        {failed > 0 && (
          <>
            {' · '}
            <Badge tone="bad" icon="bad" text={say('action.failed', { n: count(failed) })} />
          </>
        )}
      </p>
      <ul className="failures">
        {failures.slice(0, FAILURES_SHOWN).map(({ id, detail }) => (
          <li key={id}>
            <Link to={`/messages/${id}`}>…{id.slice(-8)}</Link> <Said text={detail} />
          </li>
        ))}
      </ul>
    </>
  );
}
