import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { WebhookConfig } from '../config/config.ts';
import { isMessageId } from '../envelope/message-id.ts';
import { principalOf } from '../http/authenticate.ts';
import { assertLink } from '../http/keep-to-link.ts';
import { Problem } from '../http/problem.ts';
import { bodyOf, fault, malformed, reasonOf } from '../operations/dead-letters/read-request.ts';
import type { Database } from '../store/database.ts';
import { readPlace } from '../streams/read-request.ts';
import { listWebhooks } from './list-webhooks.ts';
import { steerWebhook, type WebhookAct } from './steer-webhook.ts';

export interface WebhookRouteParts {
  database: Database;
  webhooks: readonly WebhookConfig[];
}

type Named = { Params: { name: string } };

const config = { scope: 'operate', link: 'route' } as const;

/** What operators see of the webhooks of own back ends, and do with them. Which there are is the configuration's affair. */
export function addWebhookRoutes(app: FastifyInstance, parts: WebhookRouteParts): void {
  const { database, webhooks } = parts;
  app.get(
    '/v1/ops/webhooks',
    { config, schema: schemaOf('The webhooks of own back ends') },
    async (request) => {
      const { link } = principalOf(request);
      const names = webhooks.filter((w) => link === undefined || w.link === link).map((w) => w.name);
      const states = await listWebhooks(database, names);
      return { items: states.map((state) => ({ ...state, ...shown(webhooks, state.name) })), next: null };
    },
  );
  addAct(app, parts, 'pause', 'Pause a webhook', ['reason'], () => ({ act: 'pause' }));
  addAct(app, parts, 'resume', 'Resume a webhook: it goes on where it stood', ['reason'], () => ({
    act: 'resume',
  }));
  addAct(
    app,
    parts,
    'skip',
    'Pass over the message that it is called with next',
    ['reason', 'message'],
    (body) => {
      const { message } = body;
      if (isMessageId(message)) return { act: 'skip', message };
      throw malformed([fault('/message', 'malformed', 'must be the id of the message to pass over')]);
    },
  );
  addAct(app, parts, 'seek', 'Go back, or on, to another place', ['reason', 'to'], (body) => {
    const faults: ReturnType<typeof fault>[] = [];
    const to = readPlace('/to', body.to, faults);
    if (faults.length > 0) throw malformed(faults);
    return { act: 'seek', to };
  });
}

function addAct(
  app: FastifyInstance,
  { database, webhooks }: WebhookRouteParts,
  act: WebhookAct['act'],
  summary: string,
  members: readonly string[],
  read: (body: Record<string, unknown>) => WebhookAct,
): void {
  app.post<Named>(
    `/v1/ops/webhooks/:name/${act}`,
    { config, schema: schemaOf(summary, members) },
    async (request, reply) => {
      const { name } = webhookOf(request, webhooks);
      const body = bodyOf(request, members);
      const { reason } = reasonOf(body);
      const steering = { by: principalOf(request).name, reason, now: new Date() };
      if (!(await steerWebhook(database, name, read(body), steering))) {
        throw new Problem('conflict', {
          detail: 'That message is not the one that the webhook is called with next.',
        });
      }
      return reply.code(204).send();
    },
  );
}

/** @throws Problem `not-found`, or `link-forbidden` */
function webhookOf(
  request: FastifyRequest<{ Params: { name: string } }>,
  webhooks: readonly WebhookConfig[],
): WebhookConfig {
  const { name } = request.params;
  const webhook = webhooks.find((w) => w.name === name);
  if (!webhook) throw new Problem('not-found', { detail: `The configuration names no webhook ${name}.` });
  assertLink(principalOf(request), webhook.link);
  return webhook;
}

/** Where it goes, without what may be a secret in the query. */
function shown(webhooks: readonly WebhookConfig[], name: string): { url: string | null } {
  const url = URL.parse(webhooks.find((w) => w.name === name)?.url ?? '');
  return { url: url && url.origin + url.pathname };
}

function schemaOf(summary: string, members: readonly string[] = []) {
  const described = { tags: ['operate'], summary };
  if (members.length === 0) return described;
  const properties = Object.fromEntries(members.map((name) => [name, { type: 'string' }]));
  return { ...described, body: { type: 'object', additionalProperties: false, properties } };
}
