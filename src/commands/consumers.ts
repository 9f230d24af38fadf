import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import type { StreamError } from '../streams/list-streams.ts';
import type { Stream } from '../streams/stream.ts';
import type { WebhookState } from '../webhooks/list-webhooks.ts';
import { explainFailure } from './explain-failure.ts';
import { API_HELP, openOperatorApi } from './operator-api.ts';
import { type OutputOptions, printRows, withOutput } from './print-rows.ts';

interface Options {
  reason?: string;
}

/** What the API answers: instants are texts there. */
type Wire<T> = { [K in keyof T]: T[K] extends Date | null ? string | null : T[K] };

const SECRET_BYTES = 32;

const example = (...lines: string[]): string =>
  `\n${lines.length > 1 ? 'Examples' : 'Example'}:\n${lines.map((line) => `  mra ${line}`).join('\n')}\n${API_HELP}`;

/** `mra streams`: how far the back ends are that poll. */
export function addStreamsCommand(program: Command): void {
  const streams = program.command('streams').description('look at the pull streams of own back ends');
  withOutput(streams.command('list', { isDefault: true }))
    .description('list them, with how far their consumers are')
    .addHelpText('after', example('streams list'))
    .action((options: OutputOptions) => explainFailure(() => listStreams(options)));
  withOutput(streams.command('errors'))
    .description('what the consumer of a stream could not process, latest first')
    .argument('<name>', 'name of the stream')
    .addHelpText('after', example('streams errors risk-engine'))
    .action((name: string, options: OutputOptions) => explainFailure(() => listErrors(name, options)));
}

async function listErrors(name: string, options: OutputOptions): Promise<void> {
  const { items } = await openOperatorApi().get<{ items: Wire<StreamError>[] }>(
    `/v1/ops/streams/${encodeURIComponent(name)}/errors`,
  );
  printRows(
    items,
    [
      { title: 'AT', of: ({ at }) => at },
      { title: 'ERROR', of: ({ err }) => err },
      { title: 'BY', of: ({ by }) => by },
      { title: 'MESSAGE', of: ({ message }) => message },
      { title: 'DESCRIPTION', of: ({ description }) => description },
    ],
    options,
    'No error is on record.',
  );
}

async function listStreams(options: OutputOptions): Promise<void> {
  const { items } = await openOperatorApi().get<{ items: Wire<Stream>[] }>('/v1/ops/streams');
  printRows(
    items,
    [
      { title: 'STREAM', of: ({ name }) => name },
      { title: 'LINK', of: ({ link }) => link },
      { title: 'BEHIND', of: ({ behind }) => behind, right: true },
      { title: 'NOT ACKED', of: ({ unacknowledged }) => unacknowledged, right: true },
      { title: 'OWED SINCE', of: ({ oldestOwedAt }) => oldestOwedAt },
      { title: 'LAST POLLED', of: ({ polledAt }) => polledAt ?? 'never' },
      { title: 'ERRORS', of: ({ errors }) => errors, right: true },
      { title: 'TYPES', of: ({ types }) => types.join(', ') },
    ],
    options,
    'There is no stream.',
  );
}

const acts = {
  pause: 'call it no more until it is resumed',
  resume: 'call it again, from where it stood',
} as const;

/** `mra webhooks`: how far the back ends are that are called, and what an operator does about them. */
export function addWebhooksCommand(program: Command): void {
  const webhooks = program
    .command('webhooks')
    .description('look at the webhooks of own back ends, and steer them');
  withOutput(webhooks.command('list', { isDefault: true }))
    .description('list them, with how far they are')
    .addHelpText('after', example('webhooks list'))
    .action((options: OutputOptions) => explainFailure(() => listWebhooks(options)));
  for (const act of Object.keys(acts) as (keyof typeof acts)[]) {
    steering(
      webhooks.command(act).description(acts[act]),
      `webhooks ${act} core --reason 'their maintenance'`,
    ).action((name: string, { reason }: Options) => steer(name, act, { reason }));
  }
  steering(
    webhooks.command('skip').description('pass over the message that it is called with next'),
    "webhooks skip core 019a… --reason 'they have it from the file'",
  )
    .argument('<message>', 'id of that message, as list shows it')
    .action((name: string, message: string, { reason }: Options) => steer(name, 'skip', { message, reason }));
  steering(
    webhooks.command('seek').description('go back, or on, to another place'),
    'webhooks seek core 2026-11-23T08:00:00Z',
    "webhooks seek core beginning --reason 'a new database'",
  )
    .argument('<to>', 'beginning, now, or an instant such as 2026-11-23T08:00:00Z')
    .action((name: string, to: string, { reason }: Options) => steer(name, 'seek', { to, reason }));
  webhooks
    .command('secret')
    .description('draw a secret for webhooks[].secretFiles; the consumer gets the same')
    .addHelpText('after', '\nExample:\n  mra webhooks secret > secrets/core.webhook')
    .action(() => console.log(`whsec_${randomBytes(SECRET_BYTES).toString('base64')}`));
}

function steering(command: Command, ...examples: string[]): Command {
  return command
    .argument('<name>', 'name of the webhook')
    .option('--reason <text>', 'for the audit log')
    .addHelpText('after', example(...examples));
}

function steer(name: string, act: string, body: Record<string, string | undefined>): Promise<void> {
  return explainFailure(async () => {
    await openOperatorApi().post(`/v1/ops/webhooks/${encodeURIComponent(name)}/${act}`, body);
    console.log(`${name}: ${act} is done.`);
  });
}

async function listWebhooks(options: OutputOptions): Promise<void> {
  const { items } = await openOperatorApi().get<{ items: (Wire<WebhookState> & { url: string | null })[] }>(
    '/v1/ops/webhooks',
  );
  printRows(
    items,
    [
      { title: 'WEBHOOK', of: ({ name }) => name },
      { title: 'LINK', of: ({ link }) => link },
      { title: 'STATE', of: ({ state }) => state },
      { title: 'TAKEN', of: ({ delivered }) => delivered, right: true },
      { title: 'LAST', of: ({ deliveredAt }) => deliveredAt ?? 'never' },
      { title: 'BEHIND', of: ({ behind }) => behind, right: true },
      { title: 'NEXT', of: ({ next }) => next },
      { title: 'ADDRESS', of: ({ url }) => url },
      { title: 'WHY', of: ({ pausedReason, lastError }) => pausedReason ?? lastError },
    ],
    options,
    'The configuration names no webhook.',
  );
}
