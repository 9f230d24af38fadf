import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { haltLink } from '../../src/delivery/halt-link.ts';
import { eraseAgain, eraseEnterprise } from '../../src/erasure/erase-enterprise.ts';
import { announceKey } from '../../src/keys/announce-key.ts';
import { confirmPartnerKey } from '../../src/keys/confirm-partner-key.ts';
import type { OwnKey } from '../../src/keys/key-ring.ts';
import { steerLink } from '../../src/operations/steer-link.ts';
import { defineStream } from '../../src/streams/define-stream.ts';
import { pollStream } from '../../src/streams/poll-stream.ts';
import { ensureWebhooks } from '../../src/webhooks/ensure-webhooks.ts';
import { runWebhook } from '../../src/webhooks/run-webhook.ts';
import { compareAll } from '../support/ledger.ts';
import { makeNextKey } from '../support/next-key.ts';
import type { ActWorld, Round } from './act-world.ts';

const log = pino({ level: 'silent' });

/** What a gateway or its operator does beside the way of a message. */
export interface Act {
  name: string;
  /** Done once, whatever crashes afterwards. */
  prepare?(world: ActWorld, round: Round): Promise<void>;
  /** What is done again after a crash, from its beginning, as it is after a start or by whoever got no answer. */
  act(world: ActWorld, round: Round): Promise<unknown>;
  /** What is true in the end, the same for every round. */
  outcome(world: ActWorld, round: Round): Promise<unknown>;
}

const quarantine: Act = {
  name: 'the partner refuses a message, with its bytes in quarantine',
  async prepare(world, round) {
    await world.accept(round);
    world.apart.add(round.id).add(round.subject);
  },
  async act(world) {
    // The receiver takes the sender for one that has no authority over the subject.
    world.pair.us.link.partner = 'US';
    try {
      await world.quiet();
    } finally {
      world.pair.us.link.partner = 'CN';
    }
  },
  outcome: async (world, { id }) => ({
    quarantined: await world.count(
      world.pair.us,
      'quarantine where message_id = $1 and bytes is not null',
      id,
    ),
    held: await world.count(world.pair.us, `message where id = $1 and outcome = 'refused'`, id),
    answered: await world.count(world.pair.cn, `delivery where id = $1 and outcome = 'refused'`, id),
    receipted: await world.count(world.pair.cn, `receipt where id = $1 and outcome = 'refused'`, id),
  }),
};

const halt: Act = {
  name: 'a link is halted, and an operator lets it go on',
  async act(world, { number }) {
    const { db, link } = world.pair.cn;
    await haltLink(db.database, link.id, `histories differ, ${number}`);
    await steerLink(db.database, link.id, 'resume', 'operator', 'looked at');
  },
  outcome: async (world) => ({
    halted: await world.count(world.pair.cn, 'link_state where halted_at is not null'),
  }),
};

const keys = new Map<number, OwnKey>();
const nextKey: Act = {
  name: 'a next key is announced, confirmed and signs',
  async prepare(world, { number }) {
    keys.set(number, await makeNextKey(world.pair.cn, `cn-next-${number}`));
  },
  async act(world, { number }) {
    const key = keys.get(number) as OwnKey;
    const { cn, us } = world.pair;
    const [row] = await cn.db.sql<{ state: string }>('select state from own_key where kid = $1', [key.kid]);
    if (row === undefined || row.state === 'next') {
      await cn.db.database.transaction((tx) => announceKey(tx, cn, [cn.link], key, 'operator', new Date()));
      await world.quiet();
      const confirmed = { link: us.link, kid: key.kid, thumbprint: key.thumbprint, by: 'operator' };
      await us.db.database.transaction((tx) => confirmPartnerKey(tx, us, confirmed, new Date()));
      await world.quiet();
    }
  },
  async outcome(world, round) {
    await world.accept(round);
    await world.quiet();
    const kid = `cn-next-${round.number}`;
    return {
      active: await world.pair.cn.db.sql(`select kid from own_key where state = 'active'`),
      signed: await world.count(world.pair.us, 'message where id = $1 and kid = $2', round.id, kid),
      pinned: await world.count(world.pair.us, `partner_key where kid = $1 and state = 'pinned'`, kid),
    };
  },
};

const comparison: Act = {
  name: 'a comparison records an answer that was lost',
  async prepare(world, round) {
    await world.accept(round);
    world.pair.wire.post = async (_to, _body, forward) => {
      await forward();
      return { status: 503, headers: {}, body: '', ms: 1 };
    };
    await world.pair.deliver(world.pair.cn);
    world.pair.wire.post = (_to, _body, forward) => forward();
  },
  act: (world) => compareAll(world.pair.cn, world.pair.us),
  outcome: async (world, { id }) => ({
    waiting: await world.count(world.pair.cn, 'outbox where id = $1', id),
    delivered: await world.count(world.pair.cn, `delivery where id = $1 and outcome = 'delivered'`, id),
  }),
};

const erasure: Act = {
  name: 'an enterprise is erased',
  async prepare(world, round) {
    await world.accept(round);
    await world.quiet();
    world.apart.add(round.id).add(round.subject);
  },
  async act(world, { subject }) {
    const list = join(world.folder.path, 'erasures.jsonl');
    // A start brings store and list together; then the operator, who got no answer, asks again.
    await eraseAgain(world.pair.cn.db.database, list);
    if ((await world.count(world.pair.cn, 'erased_enterprise where subject = $1', subject)) > 0) return;
    const erasure = { subject, at: new Date(), reason: 'asked for', by: 'operator' };
    await eraseEnterprise(world.pair.cn.db.database, list, erasure);
  },
  outcome: async (world, { subject, id }) => ({
    erased: await world.count(
      world.pair.cn,
      'message where id = $1 and jws is null and sha256 is not null',
      id,
    ),
    known: (await world.count(world.pair.cn, 'erased_enterprise where subject = $1', subject)) > 0,
    listed: (await readFile(join(world.folder.path, 'erasures.jsonl'), 'utf8')).includes(subject),
  }),
};

const stream: Act = {
  name: 'a consumer polls its stream, reports one SET and acknowledges the others',
  async prepare(world, round) {
    await world.accept(round);
    await world.quiet();
  },
  async act(world, { number, taken }) {
    const { db, link } = world.pair.us;
    const name = `consumer-${number}`;
    const types = ['enterprise-status'] as const;
    await defineStream(db.database, name, { link: link.id, types }, 'beginning', 'consumer', new Date());
    for (;;) {
      const request = { setsMax: 500, ack: taken.slice(1), setErrs: reported(taken) };
      const polled = await pollStream(db.database, name, request, 'consumer', new Date());
      if (!polled || polled.sets.length === 0) return;
      taken.push(...polled.sets.map(({ id }) => id).filter((id) => !taken.includes(id)));
    }
  },
  outcome: async (world, { number, taken }) => {
    const feed = await world.pair.us.db.sql<{ id: string }>('select id from feed order by number');
    return {
      inOrder: taken.join() === feed.map(({ id }) => id).join(),
      open: await world.count(world.pair.us, 'stream_unacked where stream = $1', `consumer-${number}`),
      reported: await world.count(world.pair.us, 'stream_error where stream = $1', `consumer-${number}`),
    };
  },
};

function reported(taken: readonly string[]) {
  return taken.slice(0, 1).map((id) => ({ id, err: 'invalid_request', description: 'not understood' }));
}

const webhookAct: Act = {
  name: 'a webhook is called, fails once, and goes on',
  async prepare(world, round) {
    await world.accept(round);
    await world.quiet();
  },
  async act(world, { number, taken }) {
    const { db, link } = world.pair.us;
    const webhook = {
      name: `webhook-${number}`,
      url: 'https://127.0.0.1/',
      purpose: 'clearance' as const,
      link: link.id,
      types: ['enterprise-status' as const],
      from: 'beginning' as const,
      secrets: [],
      pauseAfterMs: 3_600_000,
    };
    await ensureWebhooks(db.database, [webhook], new Date());
    await db.sql('update webhook set next_attempt_at = null');
    let failed =
      (await world.count(world.pair.us, 'webhook where name = $1 and attempts > 0', webhook.name)) > 0;
    const idle = new AbortController();
    await runWebhook(
      {
        database: db.database,
        log,
        webhook,
        target: {
          async call(id) {
            if (!failed) {
              failed = true;
              return { ok: false, error: 'away' };
            }
            if (!taken.includes(id)) taken.push(id);
            return { ok: true };
          },
          async [Symbol.asyncDispose]() {},
        },
        signal: {
          raise() {},
          async next() {
            const [row] = await db.sql<{ waits: boolean }>(
              'select next_attempt_at is not null as waits from webhook where name = $1',
              [webhook.name],
            );
            if (row?.waits) await db.sql('update webhook set next_attempt_at = null');
            else idle.abort();
          },
        },
        reads: { record() {} },
      },
      idle.signal,
    );
  },
  outcome: async (world, { number, taken }) => {
    const feed = await world.pair.us.db.sql<{ id: string; number: string }>(
      'select id, number from feed order by number',
    );
    return {
      inOrder: taken.join() === feed.map(({ id }) => id).join(),
      behind: await world.count(
        world.pair.us,
        'webhook where name = $1 and read_to < $2',
        `webhook-${number}`,
        feed.at(-1)?.number,
      ),
    };
  },
};

export const ACTS: readonly Act[] = [quarantine, halt, nextKey, comparison, erasure, stream, webhookAct];
