import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { awaitSecondPerson } from '../../access/approval-routes.ts';
import type { Approvals } from '../../access/approvals.ts';
import type { LaneRef } from '../../delivery/claim-lane.ts';
import { principalOf } from '../../http/authenticate.ts';
import { idempotencyOf, jsonAnswer, sendAnswer, withIdempotency } from '../../http/idempotency.ts';
import { Problem, problemDocument } from '../../http/problem.ts';
import type { Database } from '../../store/database.ts';
import {
  type Acted,
  type ActingParts,
  type Action,
  actions,
  actOnLetter,
  type Letter,
} from './act-on-letter.ts';
import { DeadLetterError } from './dead-letter-error.ts';
import {
  countDeadLetters,
  type DeadLetter,
  type DeadLetterFilter,
  type DeadLetterKind,
  groupDeadLetters,
  listDeadLetters,
} from './list-dead-letters.ts';
import { readAct, readBulk } from './read-request.ts';
import {
  actSchema,
  bulkSchema,
  groupsSchema,
  listSchema,
  showSchema,
  withdrawSchema,
} from './route-schemas.ts';

export interface DeadLetterRouteParts extends ActingParts {
  database: Database;
  trigger(refs: Iterable<LaneRef>): void;
  approvals: Approvals;
}

/** Messages of one bulk act; what is left over is for the next. */
const BULK_MAX = 1_000;
/** A deadlock should not happen; if one does, the loser starts over. */
const CONFLICT_RETRIES = 3;

interface ListQuery {
  kind?: DeadLetterKind;
  link?: string;
  type?: string;
  subject?: string;
  error?: string;
  name?: string;
  q?: string;
  since?: string;
  until?: string;
  limit: number;
  cursor?: string;
}

/** Messages that go nowhere until an operator decides: parked and refused ones. */
export function addDeadLetterRoutes(app: FastifyInstance, parts: DeadLetterRouteParts): void {
  const config = { scope: 'operate', link: 'route' } as const;
  addWithdrawal(parts);

  app.get<{ Querystring: ListQuery }>(
    '/v1/ops/dead-letters',
    { config, schema: listSchema },
    async (request) => {
      const { limit, cursor, ...filter } = request.query;
      const after = cursor === undefined ? {} : { after: placeOf(cursor) };
      const wanted = bound(request, withDates(filter));
      const items = wanted ? await listDeadLetters(parts.database, wanted, { limit, ...after }) : [];
      const last = items.at(-1);
      return { items, next: last && items.length === limit ? cursorOf(last) : null };
    },
  );

  app.get<{ Querystring: Omit<ListQuery, 'limit' | 'cursor'> }>(
    '/v1/ops/dead-letters/groups',
    { config, schema: groupsSchema },
    async (request) => {
      const wanted = bound(request, withDates(request.query));
      const items = wanted ? await groupDeadLetters(parts.database, wanted) : [];
      const counted = wanted ? await countDeadLetters(parts.database, wanted) : undefined;
      return { items, total: counted?.matched ?? 0, enterprises: counted?.enterprises ?? 0, next: null };
    },
  );

  app.get<{ Params: { id: string } }>(
    '/v1/ops/dead-letters/:id',
    { config, schema: showSchema },
    async (request) => findLetter(parts.database, request, request.params.id),
  );

  for (const action of Object.keys(actions) as Action[]) {
    app.post<{ Params: { id: string } }>(
      `/v1/ops/dead-letters/:id/${action}`,
      { config, schema: actSchema(action) },
      async (request, reply) => {
        const letter = await findLetter(parts.database, request, request.params.id);
        return actOnOne(parts, request, reply, action, letter);
      },
    );
    app.post(
      `/v1/ops/dead-letters/${action}`,
      { config, schema: bulkSchema(action) },
      async (request, reply) => {
        const bulk = await matchMany(parts, request, action);
        if (bulk.dryRun) return { ...summary(action, bulk), done: 0, failed: [] };
        if (action !== 'withdraw') return actOnMany(parts, action, bulk, principalOf(request).name);
        return askForWithdrawal(parts.approvals, request, reply, bulk);
      },
    );
  }

  app.post<{ Params: { id: string } }>(
    '/v1/ops/messages/:id/withdraw',
    { config, schema: withdrawSchema },
    async (request, reply) => {
      const letter = await findMessage(parts.database, request, request.params.id);
      return actOnOne(parts, request, reply, 'withdraw', letter);
    },
  );
}

function withDates({ since, until, ...filter }: Omit<ListQuery, 'limit' | 'cursor'>): DeadLetterFilter {
  return {
    ...filter,
    ...(since === undefined ? {} : { since: new Date(since) }),
    ...(until === undefined ? {} : { until: new Date(until) }),
  };
}

async function actOnOne(
  parts: DeadLetterRouteParts,
  request: FastifyRequest,
  reply: FastifyReply,
  action: Action,
  letter: Letter,
): Promise<FastifyReply> {
  const { reason, data } = readAct(request);
  const idempotency = idempotencyOf(request);
  const by = principalOf(request).name;
  let acted: Acted | undefined;
  const answer = await parts.database.transaction(
    (tx) =>
      withIdempotency(tx, idempotency, async () => {
        const done = await actOnLetter(
          tx,
          parts,
          action,
          letter,
          { by, reason, now: new Date() },
          data,
        ).catch(asProblem);
        acted = done;
        return jsonAnswer(action === 'resubmit' ? 202 : 200, done.answer);
      }),
    { retries: CONFLICT_RETRIES },
  );
  if (acted?.lane) parts.trigger([acted.lane]);
  return sendAnswer(reply, answer);
}

/** The messages that an act on many is about: which they are stands from here on. */
interface Bulk {
  letters: Letter[];
  reason: string;
  dryRun: boolean;
  /** More fit the filter than one act takes. */
  more: boolean;
}

async function matchMany(
  parts: DeadLetterRouteParts,
  request: FastifyRequest,
  action: Action,
): Promise<Bulk> {
  const { filter, reason, dryRun } = readBulk(request);
  const wanted = bound(request, { ...filter, kind: actions[action] });
  const found = wanted ? await listDeadLetters(parts.database, wanted, { limit: BULK_MAX + 1 }) : [];
  // The eldest first, so that versions of one subject are drawn and sent in their order.
  const letters = found.slice(0, BULK_MAX).toReversed();
  return { letters, reason, dryRun, more: found.length > letters.length };
}

function summary(action: Action, { letters, dryRun, more }: Bulk): Record<string, unknown> {
  const enterprises = new Set(letters.map(({ subject }) => subject)).size;
  const links = [...new Set(letters.map(({ link }) => link))];
  return { action, dryRun, matched: letters.length, enterprises, links, more };
}

/** One transaction for each, so that one that cannot be done does not undo the others. */
async function actOnMany(
  parts: DeadLetterRouteParts,
  action: Action,
  bulk: Bulk,
  by: string,
): Promise<Record<string, unknown>> {
  const failed: object[] = [];
  const lanes: LaneRef[] = [];
  for (const letter of bulk.letters) {
    try {
      const { lane } = await parts.database.transaction(
        (tx) => actOnLetter(tx, parts, action, letter, { by, reason: bulk.reason, now: new Date() }),
        { retries: CONFLICT_RETRIES },
      );
      if (lane) lanes.push(lane);
    } catch (error) {
      if (!(error instanceof DeadLetterError)) throw error;
      failed.push({ id: letter.id, problem: problemDocument(problemOf(error)) });
    }
  }
  parts.trigger(lanes);
  return { ...summary(action, bulk), done: bulk.letters.length - failed.length, failed };
}

const WITHDRAWAL = 'bulk-withdraw';

/** Withdrawing many waits for a second person, who releases just the messages that matched when it was asked for. */
function askForWithdrawal(
  approvals: Approvals,
  request: FastifyRequest,
  reply: FastifyReply,
  { letters, reason }: Bulk,
): Promise<FastifyReply> {
  const params = letters.map(({ id, link, subject }) => ({ id, link, subject }));
  const words = `Withdraw ${letters.length} parked messages; their versions are voided.`;
  return awaitSecondPerson(approvals, request, reply, { kind: WITHDRAWAL, params, summary: words, reason });
}

function addWithdrawal(parts: DeadLetterRouteParts): void {
  parts.approvals.add({
    kind: WITHDRAWAL,
    scope: 'operate',
    async execute(tx, params, { requestedBy, approvedBy, reason, now }) {
      const letters = params as Letter[];
      const lanes: LaneRef[] = [];
      const failed: object[] = [];
      for (const letter of letters) {
        // One that was answered meanwhile does not undo the others.
        await tx.execute('savepoint letter');
        try {
          const act = { by: `${requestedBy} and ${approvedBy}`, reason, now };
          const { lane } = await actOnLetter(tx, parts, 'withdraw', letter, act);
          if (lane) lanes.push(lane);
        } catch (error) {
          if (!(error instanceof DeadLetterError)) throw error;
          await tx.execute('rollback to savepoint letter');
          failed.push({ id: letter.id, code: error.code });
        }
      }
      return { matched: letters.length, done: letters.length - failed.length, failed, lanes };
    },
    committed: ({ lanes }) => parts.trigger(lanes as LaneRef[]),
  });
}

async function findLetter(database: Database, request: FastifyRequest, id: string): Promise<DeadLetter> {
  const wanted = bound(request, { ids: [id] });
  const [letter] = wanted ? await listDeadLetters(database, wanted, { limit: 1 }) : [];
  if (!letter) throw new Problem('not-found', { detail: `There is no dead letter ${id}.` });
  return letter;
}

async function findMessage(database: Database, request: FastifyRequest, id: string): Promise<Letter> {
  const link = principalOf(request).link;
  const [message] = await database.query<Letter>({
    name: 'operations-find-message',
    text: `select id, link, subject from message
           where id = $1 and direction = 'out' and ($2::text is null or link = $2)`,
    values: [id, link ?? null],
  });
  if (!message) throw new Problem('not-found', { detail: `There is no message ${id} of ours.` });
  return message;
}

/** A token that is bound to a link sees and acts on that one only; undefined where it asks for another. */
export function bound(request: FastifyRequest, filter: DeadLetterFilter): DeadLetterFilter | undefined {
  const { link } = principalOf(request);
  if (link === undefined) return filter;
  return filter.link === undefined || filter.link === link ? { ...filter, link } : undefined;
}

function asProblem(error: unknown): never {
  throw error instanceof DeadLetterError ? problemOf(error) : error;
}

export function problemOf({ code, message, issues }: DeadLetterError): Problem {
  return new Problem(code, { detail: message, errors: issues });
}

function cursorOf({ at, id }: DeadLetter): string {
  return `${at.getTime()}.${id}`;
}

function placeOf(cursor: string): { at: Date; id: string } {
  const [, time, id] = /^(\d{1,15})\.([0-9a-f-]{36})$/.exec(cursor) ?? [];
  if (time === undefined || id === undefined) {
    throw new Problem('cursor-malformed', {
      detail: 'The parameter cursor must be the next of an earlier answer, or be left out.',
    });
  }
  return { at: new Date(Number(time)), id };
}
