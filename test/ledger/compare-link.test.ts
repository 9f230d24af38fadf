import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyDatabase, goBack } from '../support/go-back.ts';
import { compareAll } from '../support/ledger.ts';
import { recordOf } from '../support/messages.ts';
import { createPair, type Pair, type Side } from '../support/pair.ts';

let pair: Pair;
beforeAll(async () => {
  pair = await createPair();
});
afterAll(() => pair[Symbol.asyncDispose]());

async function accept(side: Side, ...ids: string[]): Promise<string[]> {
  const outcomes = await side.submit(...ids.map((id) => ({ type: 'enterprise-status', data: recordOf(id) })));
  return outcomes.map((outcome) => {
    if (!('accepted' in outcome)) throw new Error(JSON.stringify(outcome));
    return outcome.accepted.id;
  });
}

const rows = (side: Side, direction: 'in' | 'out') =>
  side.db.sql(
    `select id, sha256, jws from message where direction = $1 and subject <> 'gateway' order by id`,
    [direction],
  );

const pending = (side: Side) => side.db.sql<{ id: string }>('select id from outbox order by position');

async function auditKinds(side: Side): Promise<string[]> {
  const entries = await side.db.sql<{ content: string }>('select content from audit_pending');
  return entries.map(({ content }) => (JSON.parse(content) as { kind: string }).kind);
}

describe('the comparison of the two sides', () => {
  it('finds both sides equal and says of how many messages', async () => {
    const { cn, us } = pair;
    await accept(cn, 'CN4403960A01', 'CN4403960A02');
    await pair.deliver(cn);
    await pair.receipt(us);
    expect(await compareAll(cn, us)).toMatchObject({ outcome: 'equal', differingHours: 0, unknown: 0 });
    expect(await compareAll(us, cn)).toMatchObject({ outcome: 'equal' });
    expect(await auditKinds(cn)).toContain('ledger-compared');
  });

  it('leaves out what waits: a message that was never answered is in neither set', async () => {
    const { cn, us } = pair;
    await accept(cn, 'CN4403960A03');
    expect(await compareAll(cn, us)).toMatchObject({ outcome: 'equal', answersRecorded: 0, sentAgain: 0 });
    await pair.deliver(cn);
  });

  it('records an answer that was lost: held there, unanswered here', async () => {
    const { cn, us } = pair;
    const [id] = await accept(cn, 'CN4403960A04');
    pair.wire.post = async (_to, _body, forward) => {
      await forward();
      pair.wire.post = (_to, _body, forward) => forward();
      return { status: 503, headers: {}, body: '', ms: 1 };
    };
    await pair.deliver(cn);
    expect(await pending(cn)).toEqual([{ id }]);
    expect(await compareAll(cn, us)).toMatchObject({ outcome: 'repaired', answersRecorded: 1 });
    expect(await pending(cn)).toEqual([]);
    expect(await cn.db.sql('select outcome from delivery where id = $1', [id])).toEqual([
      { outcome: 'delivered' },
    ]);
    expect(await auditKinds(cn)).toContain('ledger-answers-recorded');
    await cn.db.sql('update lane set attempts = 0, next_attempt_at = null');
  });

  it('sends again what a restored receiver lost: the same bytes, refused ones too', async () => {
    const { cn, us } = pair;
    const copy = await copyDatabase(us.db);
    const [, refused] = await accept(cn, 'CN4403960A05', 'CN4403960A06');
    us.link.partner = 'US';
    await pair.deliver(cn, ['0', '1', '2', '3', '4', '5', '6', '7']);
    us.link.partner = 'CN';
    await accept(cn, 'CN4403960A07');
    await pair.deliver(cn);
    await pair.receipt(us);
    const before = await rows(us, 'in');
    await goBack(us.db, copy);

    const compared = await compareAll(cn, us);
    expect(compared).toMatchObject({ outcome: 'repaired', sentAgain: 3, unknown: 0 });
    expect((await pending(cn)).length).toBe(3);
    us.link.partner = 'US';
    await pair.deliver(cn);
    us.link.partner = 'CN';
    const after = await rows(us, 'in');
    expect(after.map(({ id, sha256 }) => ({ id, sha256 }))).toEqual(
      before.map(({ id, sha256 }) => ({ id, sha256 })),
    );
    expect(await us.db.sql('select outcome from message where id = $1', [refused])).toEqual([
      { outcome: 'refused' },
    ]);
    expect(await compareAll(cn, us)).toMatchObject({ outcome: 'equal' });
  });

  it('puts receipts of a restored side back by itself, because they bear no version', async () => {
    const { cn, us } = pair;
    const compared = await compareAll(us, cn);
    expect(compared).toMatchObject({ outcome: 'repaired', unknown: 0 });
    expect(compared.putBack).toBeGreaterThan(0);
    expect(await compareAll(us, cn)).toMatchObject({ outcome: 'equal' });
    const theirs = await cn.db.sql(`select id, jws from message where direction = 'in' order by id`);
    const ours = await us.db.sql(`select id, jws from message where direction = 'out' order by id`);
    expect(ours).toEqual(theirs);
  });

  it('halts the link where one id stands for two messages', async () => {
    const { cn, us } = pair;
    const [id] = await accept(cn, 'CN4403960A08');
    await pair.deliver(cn);
    await us.db.sql(`update message set sha256 = sha256('x') where id = $1`, [id]);
    expect(await compareAll(cn, us)).toMatchObject({ outcome: 'conflict', conflicting: [id] });
    const [state] = await cn.db.sql<{ halted_reason: string }>('select halted_reason from link_state');
    expect(state?.halted_reason).toContain(id);
  });
});

describe('a sender that was restored', () => {
  it('has its intake closed and its lanes halted, and nothing is put back without an operator', async () => {
    await using fresh = await createPair();
    const { cn, us } = fresh;
    await accept(cn, 'CN4403960A01');
    await fresh.deliver(cn);
    const copy = await copyDatabase(cn.db);
    await accept(cn, 'CN4403960A02', 'CN4403960A03');
    await fresh.deliver(cn);
    await goBack(cn.db, copy);

    expect(await compareAll(cn, us)).toMatchObject({ outcome: 'sender-restored', unknown: 2, putBack: 0 });
    const [state] = await cn.db.sql<{ intake_closed_reason: string; halted: boolean }>(
      'select intake_closed_reason, halted_at is not null as halted from link_state',
    );
    expect(state?.halted).toBe(true);
    expect(state?.intake_closed_reason).toContain('mra link recover us-cbp');
    expect(await rows(cn, 'out')).toHaveLength(1);
  });
});
