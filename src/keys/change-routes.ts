import type { FastifyInstance } from 'fastify';
import { appendEntries } from '../audit/append-entries.ts';
import type { Config } from '../config/config.ts';
import type { LaneRef } from '../delivery/claim-lane.ts';
import { CONTROL_LANE } from '../delivery/lane-of.ts';
import { ALGORITHMS } from '../envelope/algorithms.ts';
import { principalOf } from '../http/authenticate.ts';
import { Problem } from '../http/problem.ts';
import type { Link } from '../links/link.ts';
import type { Database } from '../store/database.ts';
import { enterKeys } from './activate-keys.ts';
import { announceKey } from './announce-key.ts';
import { confirmPartnerKey } from './confirm-partner-key.ts';
import { KeysError } from './keys-error.ts';
import type { LiveKeyRing } from './live-key-ring.ts';
import { KEY_DAYS, makeNextKey } from './make-next-key.ts';
import { listOwnKeys } from './own-keys.ts';
import { readKeyChange } from './read-change.ts';
import { revokeKey } from './revoke-key.ts';
import { revokePartnerKey } from './revoke-partner-key.ts';

export interface KeyChangeParts {
  config: Pick<Config, 'party' | 'issuer' | 'keys'>;
  database: Database;
  links: ReadonlyMap<string, Link>;
  keyRing: LiveKeyRing;
  trigger: (refs: Iterable<LaneRef>) => void;
}

/**
 * What `mra keys` does beside the files, for whoever has the scope `keys`: make and announce the next key, revoke one,
 * confirm one of the partner's. A new key's file is written on the machine of the process that answers; where several
 * machines serve one side it is to be copied to the others before it signs.
 */
export function addKeyChangeRoutes(app: FastifyInstance, parts: KeyChangeParts): void {
  const { config, database, links, keyRing } = parts;
  const access = { scope: 'keys' } as const;
  const trigger = (names: Iterable<string>): void =>
    parts.trigger([...names].map((link) => ({ link, lane: CONTROL_LANE })));

  app.post('/v1/ops/keys/rotate', { config: access, schema: rotateSchema }, async (request, reply) => {
    const { alg, days, reason } = readKeyChange(request.body);
    const now = new Date();
    const kid = await explained(makeNextKey(config, alg, days, now));
    await keyRing.reload();
    const key = keyRing.keys.find((own) => own.kid === kid);
    if (!key) throw new Problem('conflict', { detail: `The file of the key ${kid} cannot be read back.` });
    const by = principalOf(request).name;
    const own = { issuer: config.issuer, keyRing };
    const announcedTo = await explained(
      database.transaction(async (tx) => {
        await appendEntries(tx, [{ kind: 'key-made', kid, by, reason }], now);
        return announceKey(tx, own, [...links.values()], key, by, now);
      }),
    );
    trigger(announcedTo);
    return reply.code(201).send({ kid, alg: key.alg, thumbprint: key.thumbprint, announcedTo });
  });

  app.post<{ Params: { kid: string } }>(
    '/v1/ops/keys/:kid/revoke',
    { config: access, schema: revokeSchema },
    async (request) => {
      const { kid } = request.params;
      const { reason } = readKeyChange(request.body);
      const now = new Date();
      const rows = await listOwnKeys(database);
      const active = rows.some((row) => row.kid === kid && row.state === 'active');
      if (active && !rows.some(({ state }) => state === 'next')) {
        await explained(makeNextKey(config, 'ES256', KEY_DAYS, now));
        await keyRing.reload();
      }
      const by = principalOf(request).name;
      const { successor = null, unconfirmed } = await explained(
        database.transaction(async (tx) => {
          await enterKeys(tx, keyRing.keys);
          return revokeKey(tx, keyRing, [...links.keys()], { kid, reason, by }, now);
        }),
      );
      return { kid, successor, unconfirmed };
    },
  );

  app.post<{ Params: { link: string; kid: string } }>(
    '/v1/ops/keys/partners/:link/:kid/revoke',
    { config: { ...access, link: 'path' }, schema: revokeSchema },
    async (request, reply) => {
      const link = linkOf(links, request.params.link);
      const { kid } = request.params;
      const { reason } = readKeyChange(request.body);
      const by = principalOf(request).name;
      const now = new Date();
      await explained(database.transaction((tx) => revokePartnerKey(tx, { link, kid, reason, by }, now)));
      return reply.code(204).send();
    },
  );

  app.post<{ Params: { link: string; kid: string } }>(
    '/v1/ops/keys/partners/:link/:kid/confirm',
    { config: { ...access, link: 'path' }, schema: confirmSchema },
    async (request, reply) => {
      const link = linkOf(links, request.params.link);
      const { thumbprint, reason } = readKeyChange(request.body, true);
      const { kid } = request.params;
      const by = principalOf(request).name;
      const own = { issuer: config.issuer, keyRing };
      const now = new Date();
      await explained(
        database.transaction(async (tx) => {
          await confirmPartnerKey(tx, own, { link, kid, thumbprint, by }, now);
          await appendEntries(tx, [{ kind: 'partner-key-compared', link: link.id, kid, by, reason }], now);
        }),
      );
      trigger([link.id]);
      return reply.code(204).send();
    },
  );
}

function linkOf(links: ReadonlyMap<string, Link>, id: string): Link {
  const link = links.get(id);
  if (!link) throw new Problem('not-found', { detail: `There is no link ${id}.` });
  return link;
}

async function explained<T>(act: Promise<T>): Promise<T> {
  try {
    return await act;
  } catch (cause) {
    if (!(cause instanceof KeysError)) throw cause;
    const missing = cause.faults.some(({ code }) => code === 'no-key');
    throw new Problem(missing ? 'not-found' : 'conflict', { detail: `${cause.message}.`, cause });
  }
}

const reason = { type: 'string', minLength: 1, maxLength: 500, description: 'It goes on record' };

const rotateSchema = {
  tags: ['keys'],
  summary: 'Make the next signing key and announce it; it signs once every partner has confirmed it',
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['reason'],
    properties: {
      alg: { type: 'string', enum: ALGORITHMS, default: 'ES256' },
      days: { type: 'integer', minimum: 1, maximum: 3_650, default: KEY_DAYS },
      reason,
    },
  },
};

const revokeSchema = {
  tags: ['keys'],
  summary: 'Stop a key at once',
  body: { type: 'object', additionalProperties: false, required: ['reason'], properties: { reason } },
};

const confirmSchema = {
  tags: ['keys'],
  summary: 'Pin a key that the partner announced, once it has read out its thumbprint',
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['thumbprint', 'reason'],
    properties: {
      thumbprint: { type: 'string', maxLength: 128, description: 'What the partner read out' },
      reason,
    },
  },
};
