import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { explainFailure } from './explain-failure.ts';
import { API_HELP, type OperatorApi, openOperatorApi, wrongUse } from './operator-api.ts';

interface Options {
  link?: string;
  dryRun?: boolean;
  release?: boolean;
  json?: boolean;
  wait: string;
}

interface Item {
  id: string;
  register: 'own' | 'partner';
  state: string;
  outcome: string | null;
  records?: number;
  differingBuckets?: number;
  repaired?: number;
  mended?: number;
  leftOut?: number;
  held?: number;
  unknown?: string[];
  notStated?: { id: string; detail: string }[];
}

const WAIT_S = 600;
const ASK_EVERY_MS = 500;

/** `mra reconcile`: are both registers equal on both sides? */
export function addReconcileCommand(program: Command): void {
  program
    .command('reconcile')
    .description('compare both registers with the partner, and repair what differs')
    .option('--link <link>', 'id of the link; may be left out where there is one')
    .option('--dry-run', 'compare, and repair nothing')
    .option('--release', 'let a run go on that waits because too many records would be sent again')
    .option('--wait <seconds>', 'how long to wait for the end', String(WAIT_S))
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `${API_HELP}

Exit codes: 0 both registers are equal, or were made so; 1 they differ, or it did not come to an end.
Example:
  mra reconcile --dry-run --link us-cbp`,
    )
    .action((options: Options) => explainFailure(() => reconcile(options)));
}

async function reconcile(options: Options): Promise<void> {
  const api = openOperatorApi();
  const link = options.link ?? (await onlyLink(api));
  const path = `/v1/ops/links/${encodeURIComponent(link)}`;
  const body = { dryRun: options.dryRun ?? false, ...(options.release ? { release: true } : {}) };
  const begun = await api.post(`${path}/reconcile`, body);
  const ids = (begun.reconciliations as Item[]).map(({ id }) => id);
  const until = Date.now() + Number(options.wait) * 1000;
  let runs: Item[] = [];
  for (;;) {
    const { items } = await api.get<{ items: Item[] }>(`${path}/reconciliations?limit=50`);
    runs = items.filter(({ id }) => ids.includes(id));
    const open = runs.some(({ state }) => state !== 'ended' && state !== 'held');
    if (!open || Date.now() > until) break;
    await delay(ASK_EVERY_MS);
  }
  console.log(
    options.json ? JSON.stringify({ link, reconciliations: runs }) : runs.map(sentenceOf).join('\n'),
  );
  const equal = runs.every(({ outcome }) => outcome === 'equal' || outcome === 'repaired');
  if (!equal || runs.length < ids.length) process.exitCode = 1;
}

/** @throws ApiError where there are several */
async function onlyLink(api: OperatorApi): Promise<string> {
  const { items } = await api.get<{ items: { id: string }[] }>('/v1/ops/links');
  const [first, ...others] = items.map(({ id }) => id);
  if (first !== undefined && others.length === 0) return first;
  throw wrongUse(`Name one of the links with --link: ${items.map(({ id }) => id).join(', ')}.`);
}

function sentenceOf(run: Item): string {
  const whose = run.register === 'own' ? 'Our records at the partner' : "The partner's records here";
  return [`${whose}: ${whatCame(run)}.`, ...namesOf(run)].join('\n');
}

function whatCame({ state, outcome, records, repaired, mended, differingBuckets, held }: Item): string {
  switch (outcome) {
    case 'equal':
      return `equal, ${records ?? 0} records`;
    case 'repaired':
      return `equal now; ${repaired ?? 0} records were repaired, ${mended ?? 0} of them from the signed messages on record`;
    case 'differs':
      return `they differ in ${differingBuckets ?? 'some'} of 4096 parts`;
    case 'unsettled':
      return 'not compared, because earlier messages are not delivered';
    case 'unanswered':
      return 'the partner has not answered';
    default:
      return state === 'held'
        ? `${held ?? 0} records would be sent again, more than may be in a day without an operator; look why, then --release`
        : `not at its end yet (${state})`;
  }
}

function namesOf({ unknown, notStated }: Item): string[] {
  return [
    ...(unknown?.length ? [`  held there and unknown to their authority: ${unknown.join(', ')}`] : []),
    ...(notStated ?? []).map(({ id, detail }) => `  ${id} could not be sent again: ${detail}`),
  ];
}
