import type { Command } from 'commander';
import { explainFailure } from './explain-failure.ts';
import { API_HELP, openOperatorApi } from './operator-api.ts';

interface Options {
  link?: string;
  q?: string;
  json?: boolean;
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
    .description('look at messages of the partner that were refused here')
    .addHelpText('after', API_HELP);

  const filtered = (command: Command): Command =>
    command
      .option('--link <link>', 'id of the link')
      .option('--q <text>', 'a message id, a subject, or part of an error')
      .addHelpText('after', API_HELP);

  filtered(quarantine.command('list').description('list them, newest first'))
    .option('--json', 'as JSON')
    .action((options: Options) => explainFailure(() => list(options)));

  filtered(
    quarantine
      .command('export')
      .description('print them with their bytes, one JSON a line; the audit log says who did'),
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
    .addHelpText('after', API_HELP)
    .action((link: string, sha256: string, { reason }: Options) =>
      explainFailure(async () => {
        const path = `/v1/ops/quarantine/${encodeURIComponent(link)}/${encodeURIComponent(sha256)}/dismiss`;
        await openOperatorApi().post(path, reason === undefined ? {} : { reason });
        console.log(`Dismissed ${sha256}.`);
      }),
    );
}

function queryOf({ link, q }: Options): URLSearchParams {
  const query = new URLSearchParams({ limit: '100' });
  if (link !== undefined) query.set('link', link);
  if (q !== undefined) query.set('q', q);
  return query;
}

async function list(options: Options): Promise<void> {
  const { items, next } = await openOperatorApi().get<{ items: Item[]; next: string | null }>(
    `/v1/ops/quarantine?${queryOf(options)}`,
  );
  if (options.json) return console.log(JSON.stringify({ items, next }));
  for (const { link, sha256, messageId, type, subject, errors, count, firstAt } of items) {
    const [first] = errors;
    console.log(
      `${sha256}  ${firstAt}  ${link}  ${type} of ${subject}, ${count} times\n    message ${messageId}: ${first?.pointer} ${first?.code} (${errors.length} errors)`,
    );
  }
  if (items.length === 0) console.log('The quarantine is empty.');
}
