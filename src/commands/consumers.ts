import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import type { StreamError } from '../streams/list-streams.ts';
import type { Stream } from '../streams/stream.ts';
import type { WebhookState } from '../webhooks/list-webhooks.ts';
import { explainFailure } from './explain-failure.ts';
import { API_HELP, openOperatorApi } from './operator-api.ts';

interface Options {
  json?: boolean;
  reason?: string;
}

/** What the API answers: instants are texts there. */
type Wire<T> = { [K in keyof T]: T[K] extends Date | null ? string | null : T[K] };

const SECRET_BYTES = 32;

/** `mra streams`: how far the back ends are that poll. */
export function addStreamsCommand(program: Command): void {
  const streams = program
    .command('streams')
    .description('look at the pull streams of own back ends')
    .addHelpText('after', API_HELP);
  streams
    .command('list')
    .description('list them, with how far their consumers are')
    .option('--json', 'as JSON')
    .addHelpText('after', API_HELP)
    .action(({ json }: Options) => explainFailure(() => listStreams(json)));
  streams
    .command('errors')
    .description('what the consumer of a stream could not process, latest first')
    .argument('<name>', 'name of the stream')
    .addHelpText('after', API_HELP)
    .action((name: string) =>
      explainFailure(async () => {
        const { items } = await openOperatorApi().get<{ items: Wire<StreamError>[] }>(
          `/v1/ops/streams/${encodeURIComponent(name)}/errors`,
        );
        for (const { message, at, err, description, by } of items)
          console.log(`${message}  ${at}  ${err} (by ${by})\n    ${description}`);
        if (items.length === 0) console.log('No error is on record.');
      }),
    );
}

async function listStreams(json: boolean | undefined): Promise<void> {
  const { items } = await openOperatorApi().get<{ items: Wire<Stream>[] }>('/v1/ops/streams');
  if (json) return console.log(JSON.stringify(items));
  for (const { name, link, types, polledAt, unacknowledged, oldestOwedAt, errors } of items) {
    const owed = oldestOwedAt === null ? 'nothing owed' : `owed since ${oldestOwedAt}`;
    console.log(
      `${name}  ${link}  last polled ${polledAt ?? 'never'}, ${owed}, ${unacknowledged} not acknowledged, ${errors} errors\n    ${types.join(', ')}`,
    );
  }
  if (items.length === 0) console.log('There is no stream.');
}

const acts = {
  pause: 'call it no more until it is resumed',
  resume: 'call it again, from where it stood',
} as const;

/** `mra webhooks`: how far the back ends are that are called, and what an operator does about them. */
export function addWebhooksCommand(program: Command): void {
  const webhooks = program
    .command('webhooks')
    .description('look at the webhooks of own back ends, and steer them')
    .addHelpText('after', API_HELP);
  webhooks
    .command('list')
    .description('list them, with how far they are')
    .option('--json', 'as JSON')
    .addHelpText('after', API_HELP)
    .action(({ json }: Options) => explainFailure(() => listWebhooks(json)));
  for (const act of Object.keys(acts) as (keyof typeof acts)[]) {
    steering(webhooks.command(act).description(acts[act])).action((name: string, { reason }: Options) =>
      steer(name, act, { reason }),
    );
  }
  steering(webhooks.command('skip').description('pass over the message that it is called with next'))
    .argument('<message>', 'id of that message, as list shows it')
    .action((name: string, message: string, { reason }: Options) => steer(name, 'skip', { message, reason }));
  steering(webhooks.command('seek').description('go back, or on, to another place'))
    .argument('<to>', 'beginning, now, or an instant such as 2026-11-23T08:00:00Z')
    .action((name: string, to: string, { reason }: Options) => steer(name, 'seek', { to, reason }));
  webhooks
    .command('secret')
    .description('draw a secret for webhooks[].secretFiles; the consumer gets the same')
    .action(() => console.log(`whsec_${randomBytes(SECRET_BYTES).toString('base64')}`));
}

function steering(command: Command): Command {
  return command
    .argument('<name>', 'name of the webhook')
    .option('--reason <text>', 'for the audit log')
    .addHelpText('after', API_HELP);
}

function steer(name: string, act: string, body: Record<string, string | undefined>): Promise<void> {
  return explainFailure(async () => {
    await openOperatorApi().post(`/v1/ops/webhooks/${encodeURIComponent(name)}/${act}`, body);
    console.log(`${name}: ${act} is done.`);
  });
}

async function listWebhooks(json: boolean | undefined): Promise<void> {
  const { items } = await openOperatorApi().get<{ items: (Wire<WebhookState> & { url: string | null })[] }>(
    '/v1/ops/webhooks',
  );
  if (json) return console.log(JSON.stringify(items));
  for (const { name, link, url, state, delivered, deliveredAt, next, lastError, pausedReason } of items) {
    const owed = next === null ? 'nothing owed' : `next ${next}`;
    const why = pausedReason ?? lastError;
    console.log(
      `${name}  ${link}  ${state}, ${delivered} taken (last ${deliveredAt ?? 'never'}), ${owed}\n    ${url}${why ? `: ${why}` : ''}`,
    );
  }
  if (items.length === 0) console.log('The configuration names no webhook.');
}
