import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Job } from '../operations/jobs/job.ts';
import { exitCodes } from './exit-codes.ts';
import { explainFailure } from './explain-failure.ts';
import { API_HELP, openOperatorApi, wrongUse } from './operator-api.ts';

const FILTERS = {
  link: 'id of the link',
  type: 'such as enterprise-status',
  subject: 'id of an enterprise or a validation',
  name: 'part of the name of the enterprise, in either script',
  error: 'part of the error',
  since: 'parked then or later, e.g. 2026-11-24T06:00:00Z',
  until: 'before then',
} as const;

interface Options extends Partial<Record<keyof typeof FILTERS, string>> {
  all?: boolean;
  dryRun?: boolean;
  reason?: string;
  wait: boolean;
}

const acts = {
  retry: 'send parked messages again, with the same bytes, the eldest first',
  withdraw: 'take parked messages back, when a second person has approved; a void takes their versions',
} as const;

const LOOK_MS = 500;

/** `mra retry` and `mra withdraw`: on all that fit, however many, as a job. */
export function addJobCommands(program: Command): void {
  for (const kind of Object.keys(acts) as (keyof typeof acts)[]) {
    const command = program
      .command(kind)
      .description(acts[kind])
      .argument('[id...]', 'messages; or filters, or --all');
    for (const [name, help] of Object.entries(FILTERS)) command.option(`--${name} <${name}>`, help);
    command
      .option('--all', 'all that are parked')
      .option('--dry-run', 'only say how many, of how many enterprises')
      .option('--reason <text>', 'for the audit log')
      .option('--no-wait', 'do not wait for the end of the job')
      .addHelpText(
        'after',
        `\nExamples:\n  mra ${kind} --link us-cbp --error 500 --dry-run\n  mra ${kind} --link us-cbp --error 500 --reason 'mended by the partner'\n\nExit 1 where some could not be done.\n${API_HELP}`,
      )
      .action((ids: string[], options: Options) => explainFailure(() => act(kind, ids, options)));
  }
}

async function act(kind: keyof typeof acts, ids: readonly string[], options: Options): Promise<void> {
  const filter: Record<string, unknown> = ids.length > 0 ? { ids } : {};
  for (const name of Object.keys(FILTERS) as (keyof typeof FILTERS)[]) {
    if (options[name] !== undefined) filter[name] = options[name];
  }
  if (Object.keys(filter).length === 0 && !options.all) {
    throw wrongUse('Name messages by their ids, give filters, or say --all.');
  }
  const api = openOperatorApi();
  if (!options.dryRun && !options.reason)
    throw wrongUse('Say why with --reason; it goes into the audit log.');
  const { matched, enterprises, links } = await api.post('/v1/ops/jobs', { kind, filter, dryRun: true });
  if (matched === 0) {
    console.log('No parked message fits.');
    // Who names messages takes them for parked.
    if (ids.length > 0) process.exitCode = exitCodes.failed;
    return;
  }
  if (options.dryRun) {
    console.log(`${matched} messages of ${enterprises} enterprises fit, on ${String(links)}.`);
    return;
  }
  const made = await api.post('/v1/ops/jobs', { kind, filter, reason: options.reason });
  let job = made.job as Job;
  const approval = made.approval as { id: string; summary: string } | undefined;
  if (approval) console.log(`${approval.summary} It waits for a second person (approval ${approval.id}).`);
  console.log(`job ${job.id}: ${job.total} messages`);
  while (options.wait && !approval && job.endedAt === null) {
    await delay(LOOK_MS);
    job = await api.get<Job>(`/v1/ops/jobs/${job.id}`);
  }
  if (!options.wait || approval) return;
  console.log(`${job.state}: ${job.done} done, ${job.failed} could not be.`);
  for (const { id, detail } of job.failures) console.log(`  ${id}: ${detail}`);
  if (job.failed > 0 || job.state !== 'done') process.exitCode = 1;
}
