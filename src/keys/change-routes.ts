import type { FastifyInstance } from 'fastify';
import { awaitSecondPerson } from '../access/approval-routes.ts';
import type { Approvals } from '../access/approvals.ts';
import { appendEntries } from '../audit/append-entries.ts';
import type { Config } from '../config/config.ts';
import type { LaneRef } from '../delivery/claim-lane.ts';
import { CONTROL_LANE } from '../delivery/lane-of.ts';
import { ALGORITHMS } from '../envelope/algorithms.ts';
import { principalOf } from '../http/authenticate.ts';
import { Problem } from '../http/problem.ts';
import type { Link } from '../links/link.ts';
import type { Database } from '../store/database.ts';
import { announceEncryptionKey, announceKey } from './announce-key.ts';
import { confirmPartnerKey } from './confirm-partner-key.ts';
import { ENCRYPTION_ALG } from './decryption-keys.ts';
import { explained, linkOf } from './explain-problem.ts';
import type { LiveKeyRing } from './live-key-ring.ts';
import { KEY_DAYS, makeNextEncryptionKey, makeNextKey } from './make-next-key.ts';
import { listOwnKeys } from './own-keys.ts';
import { listPartnerKeyRows } from './partner-key-rows.ts';
import { readKeyChange } from './read-change.ts';
import { addRevocationActs, OWN_REVOCATION, PARTNER_REVOCATION } from './revocation-acts.ts';

export interface KeyChangeParts {
  config: Pick<Config, 'party' | 'issuer' | 'keys'>;
  database: Database;
  links: ReadonlyMap<string, Link>;
  keyRing: LiveKeyRing;
  approvals: Approvals;
  trigger: (refs: Iterable<LaneRef>) => void;
}

/**
 * What `mra keys` does beside the files, for whoever has the scope `keys`: make and announce the next key, ask that one
 * be revoked, confirm one of the partner's. A new key's file is written on the machine of the process that answers; where several
 * machines serve one side it is to be copied to the others before it signs.
 */
export function addKeyChangeRoutes(app: FastifyInstance, parts: KeyChangeParts): void {
  const { config, database, links, keyRing } = parts;
  const access = { scope: 'keys' } as const;
  addRevocationActs(parts.approvals, parts);
  const trigger = (names: Iterable<string>): void =>
    parts.trigger([...names].map((link) => ({ link, lane: CONTROL_LANE })));

  app.post('/v1/ops/keys/rotate', { config: access, schema: rotateSchema }, async (request, reply) => {
    const { use, alg, days, reason } = readKeyChange(request.body);
    const now = new Date();
    const kid = await explained(
      use === 'enc' ? makeNextEncryptionKey(config, days, now) : makeNextKey(config, alg, days, now),
    );
    await keyRing.reload();
    const key = keyRing.keys.find((own) => own.kid === kid);
    const opener = keyRing.decryptionKeys.find((own) => own.kid === kid);
    const by = principalOf(request).name;
    const own = { issuer: config.issuer, keyRing };
    const all = [...links.values()];
    const announcedTo = await explained(
      database.transaction(async (tx) => {
        await appendEntries(tx, [{ kind: 'key-made', kid, use, by, reason }], now);
        if (key) return announceKey(tx, own, all, key, by, now);
        if (opener) return announceEncryptionKey(tx, own, all, opener, by, now);
        throw new Problem('conflict', { detail: `The file of the key ${kid} cannot be read back.` });
      }),
    );
    trigger(announcedTo);
    const thumbprint = (key ?? opener)?.thumbprint;
    return reply.code(201).send({ kid, use, alg: key?.alg ?? ENCRYPTION_ALG, thumbprint, announcedTo });
  });

  app.post<{ Params: { kid: string } }>(
    '/v1/ops/keys/:kid/revoke',
    { config: access, schema: revokeSchema },
    async (request, reply) => {
      const { kid } = request.params;
      const { reason } = readKeyChange(request.body);
      const own = (await listOwnKeys(database)).find((row) => row.kid === kid);
      if (!own) throw noKey(kid, 'is no signing key of ours');
      if (own.state === 'revoked') throw noKey(kid, 'is revoked already');
      const signs = own.state === 'active' ? ', which signs now; the next key takes its place' : '';
      const summary = `Revoke our key ${kid}${signs}.`;
      const wanted = { kind: OWN_REVOCATION, params: { kid }, summary, reason };
      return awaitSecondPerson(parts.approvals, request, reply, wanted);
    },
  );

  app.post<{ Params: { link: string; kid: string } }>(
    '/v1/ops/keys/partners/:link/:kid/revoke',
    { config: { ...access, link: 'path' }, schema: revokeSchema },
    async (request, reply) => {
      const link = linkOf(links, request.params.link);
      const { kid } = request.params;
      const { reason } = readKeyChange(request.body);
      const known =
        link.keys.has(kid) ||
        link.encryptionKeys.some((key) => key.kid === kid) ||
        (await listPartnerKeyRows(database)).some(
          (row) => row.link === link.id && row.kid === kid && row.state !== 'refused',
        );
      if (!known) throw noKey(kid, 'of the partner is not pinned');
      const summary = `Believe the key ${kid} of ${link.id} no more.`;
      const wanted = { kind: PARTNER_REVOCATION, params: { link: link.id, kid }, summary, reason };
      return awaitSecondPerson(parts.approvals, request, reply, wanted);
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

function noKey(kid: string, why: string): Problem {
  return new Problem('not-found', { detail: `${JSON.stringify(kid)} ${why}.` });
}

const reason = { type: 'string', minLength: 1, maxLength: 500, description: 'It goes on record' };

const rotateSchema = {
  tags: ['keys'],
  summary:
    'Make the next key and announce it: one that signs once every partner has confirmed it, or one to encrypt to',
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['reason'],
    properties: {
      use: { type: 'string', enum: ['sig', 'enc'], default: 'sig' },
      alg: { type: 'string', enum: ALGORITHMS, default: 'ES256' },
      days: { type: 'integer', minimum: 1, maximum: 3_650, default: KEY_DAYS },
      reason,
    },
  },
};

const revokeSchema = {
  tags: ['keys'],
  summary: 'Ask that a key be stopped at once; a second person approves it',
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
