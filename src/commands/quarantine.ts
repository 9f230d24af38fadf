import type { Command } from 'commander';
import { explainFailure } from './explain-failure.ts';
import { API_HELP, openOperatorApi } from './operator-api.ts';
import { noteMore, type OutputOptions, printRows, withOutput } from './print-rows.ts';

interface Options extends OutputOptions {
  link?: string;
  q?: string;
  limit?: string;
  reason?: string;
}

interface Item {
  link: string;
  sha256: string;
  messageId: string;
  type: string;
  subject: string;
  errors: { pointer: string; code: string }[];
  count: number;
  firstAt: string;
}

/** `mra quarantine`: what the partner signed and this gateway refused. */
export function addQuarantineCommand(program: Command): void {
  const quarantine = program
    .command('quarantine')
    .description('look at messages of the partner that were refused here');

  const filtered = (command: Command, example: string): Command =>
    command
      .option('--link <link>', 'id of the link')
      .option('--q <text>', 'a message id, a subject, or part of an error')
      .option('--limit <number>', 'how many', '100')
      .addHelpText('after', `\nExample:\n  mra quarantine ${example}\n${API_HELP}`);

  filtered(
    withOutput(quarantine.command('list', { isDefault: true })).description('list them, newest first'),
    'list --link us-cbp',
  ).action((options: Options) => explainFailure(() => list(options)));

  filtered(
    quarantine
      .command('export')
      .description('print them with their bytes, one JSON a line; the audit log says who did'),
    'export --link us-cbp > refused.ndjson',
  ).action((options: Options) =>
    explainFailure(async () => {
      process.stdout.write(await openOperatorApi().text(`/v1/ops/quarantine/export?${queryOf(options)}`));
    }),
  );

  quarantine
    .command('dismiss')
    .description('take one out of the quarantine; it stays on record as refused')
    .argument('<link>', 'id of the link')
    .argument('<sha256>', 'hash of its bytes, as list shows it')
    .option('--reason <text>', 'for the audit log')
    .addHelpText(
      'after',
      `\nExample:\n  mra quarantine dismiss us-cbp Zk3v… --reason 'told them; they sent it again'\n${API_HELP}`,
    )
    .action((link: string, sha256: string, { reason }: Options) =>
      explainFailure(async () => {
        const path = `/v1/ops/quarantine/${encodeURIComponent(link)}/${encodeURIComponent(sha256)}/dismiss`;
        await openOperatorApi().post(path, reason === undefined ? {} : { reason });
        console.log(`Dismissed ${sha256}.`);
      }),
    );
}

function queryOf({ link, q, limit }: Options): URLSearchParams {
  const query = new URLSearchParams({ limit: limit ?? '100' });
  if (link !== undefined) query.set('link', link);
  if (q !== undefined) query.set('q', q);
  return query;
}

async function list(options: Options): Promise<void> {
  const { items, next } = await openOperatorApi().get<{ items: Item[]; next: string | null }>(
    `/v1/ops/quarantine?${queryOf(options)}`,
  );
  printRows(
    items,
    [
      { title: 'LINK', of: ({ link }) => link },
      { title: 'TYPE', of: ({ type }) => type },
      { title: 'SUBJECT', of: ({ subject }) => subject },
      { title: 'COUNT', of: ({ count }) => count, right: true },
      { title: 'SINCE', of: ({ firstAt }) => firstAt },
      {
        title: 'ERRORS',
        of: ({ errors }) => errors.map(({ pointer, code }) => `${pointer || '/'} ${code}`).join(', '),
      },
      { title: 'MESSAGE', of: ({ messageId }) => messageId },
      { title: 'SHA-256', of: ({ sha256 }) => sha256 },
    ],
    options,
    'Nothing is in the quarantine.',
  );
  noteMore(next);
}
