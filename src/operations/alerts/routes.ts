import type { FastifyInstance, FastifyRequest } from 'fastify';
import { principalOf } from '../../http/authenticate.ts';
import { Problem } from '../../http/problem.ts';
import type { Database } from '../../store/database.ts';
import { bodyOf, fault, malformed, required, textOf } from '../dead-letters/read-request.ts';
import { leaveNote, NOTE_LENGTH_MAX } from '../notes/operator-notes.ts';
import type { Alert } from './alert.ts';
import type { AlertBoard } from './alert-board.ts';
import {
  acknowledgeAlert,
  type HandledAlert,
  type HandlingState,
  muteAlert,
  withHandling,
} from './handle-alert.ts';

export interface AlertRouteParts {
  database: Database;
  board: AlertBoard;
}

const config = { scope: 'operate', link: 'route' } as const;
type OneAlert = { Params: { id: string } };

/** Longer than a week is no mute but a decision, and belongs elsewhere. */
const MUTE_MS_MAX = 7 * 86_400_000;
const REASON_LENGTH_MAX = 500;

/** What stands now, and what operators say of it. */
export function addAlertRoutes(app: FastifyInstance, { database, board }: AlertRouteParts): void {
  app.get<{ Querystring: { link?: string; state?: HandlingState } }>(
    '/v1/ops/alerts',
    { config: { ...config, link: 'query' }, schema: listSchema },
    async ({ query: { link, state } }) => {
      const all = await listAlerts(database, board, link);
      const items = all.filter((alert) => state === undefined || alert.state === state);
      return { items, next: null, counts: countAlerts(all) };
    },
  );

  app.post<OneAlert>(
    '/v1/ops/alerts/:id/acknowledge',
    { config, schema: actSchema('Somebody works on it: it stays, acknowledged, until it is over', { note }) },
    async (request) => {
      const alert = await findAlert(board, request);
      const by = principalOf(request).name;
      const text = textOf(bodyOf(request, ['note']), 'note', NOTE_LENGTH_MAX);
      await acknowledgeAlert(database, alert.id, by, new Date());
      if (text !== undefined) await leaveNote(database, { by, text, alert: alert.id, now: new Date() });
      return handled(database, alert);
    },
  );

  app.post<OneAlert>(
    '/v1/ops/alerts/:id/mute',
    { config, schema: actSchema('Tell nobody of it until then', { until, reason }) },
    async (request) => {
      const alert = await findAlert(board, request);
      const body = bodyOf(request, ['until', 'reason']);
      const reasonGiven = required(textOf(body, 'reason', REASON_LENGTH_MAX), 'reason');
      const now = new Date();
      await muteAlert(database, alert, {
        until: readUntil(body.until, now),
        by: principalOf(request).name,
        reason: reasonGiven,
        now,
      });
      return handled(database, alert);
    },
  );

  app.post<OneAlert>(
    '/v1/ops/alerts/:id/unmute',
    { config, schema: actSchema('Tell of it again', {}) },
    async (request) => {
      const alert = await findAlert(board, request);
      const by = principalOf(request).name;
      await muteAlert(database, alert, { until: null, by, reason: undefined, now: new Date() });
      return handled(database, alert);
    },
  );

  app.post<OneAlert>(
    '/v1/ops/alerts/:id/note',
    { config, schema: actSchema('Leave a note with it', { text: note }) },
    async (request) => {
      const alert = await findAlert(board, request);
      const text = required(textOf(bodyOf(request, ['text']), 'text', NOTE_LENGTH_MAX), 'text');
      await leaveNote(database, { by: principalOf(request).name, text, alert: alert.id, now: new Date() });
      return handled(database, alert);
    },
  );
}

/** @param link only what concerns this one */
export async function listAlerts(
  database: Pick<Database, 'query'>,
  board: AlertBoard,
  link?: string,
): Promise<HandledAlert[]> {
  const standing = (await board.standing()).filter((alert) => link === undefined || alert.link === link);
  return withHandling(database, standing, new Date());
}

export interface AlertCounts {
  /** Open ones, by severity. */
  critical: number;
  warning: number;
  info: number;
  acknowledged: number;
  muted: number;
}

export function countAlerts(alerts: readonly HandledAlert[]): AlertCounts {
  const counts = { critical: 0, warning: 0, info: 0, acknowledged: 0, muted: 0 };
  for (const { state, severity } of alerts) counts[state === 'open' ? severity : state]++;
  return counts;
}

async function findAlert(board: AlertBoard, request: FastifyRequest<OneAlert>): Promise<Alert> {
  const { id } = request.params;
  const bound = principalOf(request).link;
  const alert = (await board.standing()).find((each) => each.id === id);
  if (alert && (bound === undefined || alert.link === bound)) return alert;
  throw new Problem('not-found', { detail: `No alert ${id} stands (any more).` });
}

async function handled(database: Database, alert: Alert): Promise<HandledAlert | undefined> {
  return (await withHandling(database, [alert], new Date()))[0];
}

function readUntil(value: unknown, now: Date): Date {
  const at =
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? new Date(value) : new Date(Number.NaN);
  const left = at.getTime() - now.getTime();
  if (left > 0 && left <= MUTE_MS_MAX) return at;
  throw malformed([fault('/until', 'malformed', 'must be an instant within the next seven days')]);
}

const note = { type: 'string', minLength: 1, maxLength: NOTE_LENGTH_MAX };
const until = { type: 'string', format: 'date-time', description: 'Within the next seven days' };
const reason = {
  type: 'string',
  minLength: 1,
  maxLength: REASON_LENGTH_MAX,
  description: 'For the audit log',
};

const listSchema = {
  tags: ['operate'],
  summary: 'What stands that a person should know, the most severe first',
  description:
    '`text` says what is the matter and `action` what to do, in English and Chinese; `runbook` is the section that says more. `counts` has the open ones by severity.',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      link: { type: 'string' },
      state: { type: 'string', enum: ['open', 'acknowledged', 'muted'] },
    },
  },
};

function actSchema(summary: string, properties: Record<string, object>) {
  return {
    tags: ['operate'],
    summary,
    params: { type: 'object', properties: { id: { type: 'string', maxLength: 100 } } },
    body: { type: 'object', properties },
  };
}
