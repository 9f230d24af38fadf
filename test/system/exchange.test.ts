import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sequenceEntries } from '../../src/audit/sequence-entries.ts';
import { numberFeed } from '../../src/feed/number-feed.ts';
import { readChanges } from '../../src/feed/read-changes.ts';
import { readEnterprise } from '../../src/register/read-enterprise.ts';
import { followMessage } from '../../src/submission/follow-message.ts';
import { changeOf, recordOf } from '../support/messages.ts';
import { createPair, type Pair, receive, type Side } from '../support/pair.ts';

let pair: Pair;
beforeAll(async () => {
  pair = await createPair();
});
afterAll(() => pair[Symbol.asyncDispose]());

async function acceptOne(side: Side, body: object): Promise<string> {
  const [outcome] = await side.submit(body);
  if (!outcome || !('accepted' in outcome)) throw new Error(JSON.stringify(outcome));
  return outcome.accepted.id;
}

describe('a message between two administrations', () => {
  it('is accepted, delivered, applied, receipted, and has the same bytes on both sides', async () => {
    const { cn, us } = pair;
    const id = await acceptOne(cn, {
      type: 'enterprise-status',
      data: recordOf('CN4403960A1B'),
      txn: 'CASE-1',
    });
    expect((await followMessage(cn.db.database, id))?.state).toBe('accepted');

    await pair.deliver(cn);
    expect((await followMessage(cn.db.database, id))?.state).toBe('delivered');
    await pair.receipt(us);
    const followed = await followMessage(cn.db.database, id);
    expect(followed).toMatchObject({
      state: 'receipted',
      version: 1,
      attempts: 1,
      txn: 'CASE-1',
      lastError: null,
    });

    const ours = await cn.db.sql<{ jws: string }>('select jws from message where id = $1', [id]);
    const theirs = await us.db.sql<{ jws: string }>('select jws from message where id = $1', [id]);
    expect(theirs).toEqual(ours);

    const [record] = await readEnterprise(us.db.database, 'CN4403960A1B');
    expect(record?.details?.data).toEqual(recordOf('CN4403960A1B'));
    expect(record?.standing).toMatchObject({ status: 'certified', grade: 'advanced-certified' });
  });

  it('reaches the feed of the other side once the sequencer has numbered it, with what was submitted', async () => {
    const { us } = pair;
    await us.db.database.transaction((tx) => numberFeed(tx, 0));
    const { changes } = await readChanges(us.db.database, 0, { limit: 10 });
    expect(changes.map(({ subject, version, data }) => ({ subject, version, data }))).toEqual([
      { subject: 'CN4403960A1B', version: 1, data: recordOf('CN4403960A1B') },
    ]);
  });

  it('is audited on each side, one entry for each step, and the log numbers them without a gap', async () => {
    const { cn } = pair;
    const pending = await cn.db.sql<{ content: string }>('select content from audit_pending');
    expect(pending.map((row) => JSON.parse(row.content).kind).sort()).toEqual([
      'message-accepted',
      'message-received',
      'request-answered',
    ]);
    const sequenced = await cn.db.database.transaction((tx) => sequenceEntries(tx, '2026', 0));
    expect([sequenced.count, sequenced.leaves.length]).toEqual([3, 3 * 32]);
    const indices = await cn.db.sql<{ index: string }>('select index from audit_entry order by index');
    expect(indices.map((row) => Number(row.index))).toEqual([0, 1, 2]);
  });

  it('has one effect when the answer is lost and it is sent again', async () => {
    const { cn, us } = pair;
    const id = await acceptOne(cn, { type: 'certification-change', data: changeOf('CN4403960A1B') });
    pair.wire.post = async (to, _body, forward) => {
      await forward();
      pair.wire.post = (_to, _body, forward) => forward();
      expect(to).toBe(us);
      return { status: 503, headers: {}, body: '', ms: 1 };
    };
    const [first] = (await pair.deliver(cn)).filter((d) => d.ended !== 'empty');
    expect(first?.ended).toBe('backing-off');
    expect((await followMessage(cn.db.database, id))?.state).toBe('sent');

    await cn.db.sql('update lane set next_attempt_at = null');
    await pair.deliver(cn);
    expect((await followMessage(cn.db.database, id))?.attempts).toBe(2);
    const stored = await us.db.sql('select 1 from message where id = $1', [id]);
    expect(stored).toHaveLength(1);
    const [record] = await readEnterprise(us.db.database, 'CN4403960A1B');
    expect(record).toMatchObject({ version: 2, standing: { status: 'suspended' } });
  });

  it('is refused for good only by a check of its content, and its version is spent', async () => {
    const { cn, us } = pair;
    const id = await acceptOne(cn, { type: 'enterprise-status', data: recordOf('CN4403960A1C') });
    // The receiver believes that it is the other administration's enterprise: foreign authority.
    us.link.partner = 'US';
    await pair.deliver(cn);
    us.link.partner = 'CN';
    const followed = await followMessage(cn.db.database, id);
    expect(followed).toMatchObject({ state: 'refused' });
    expect(followed?.lastError).toContain('foreign-authority');
    const [kept] = await us.db.sql<{ errors: { code: string }[] }>('select errors from quarantine');
    expect(kept?.errors.map((e) => e.code)).toContain('foreign-authority');
    const [spent] = await us.db.sql<{ refused: boolean }>(
      'select refused from subject_version where message = $1',
      [id],
    );
    expect(spent?.refused).toBe(true);
  });

  it('halts the link when another message bears its id', async () => {
    const { cn, us } = pair;
    const id = await acceptOne(cn, { type: 'enterprise-status', data: recordOf('CN4403960A1D') });
    await pair.deliver(cn);
    await us.db.sql(`update message set sha256 = '\\x00' where id = $1`, [id]);
    const [row] = await cn.db.sql<{ jws: string }>('select jws from message where id = $1', [id]);
    const answer = await receive(us, JSON.stringify({ sets: { [id]: row?.jws } }));
    expect(JSON.parse(answer.body).setErrs[id].err).toBe('jti_conflict');
    const [state] = await us.db.sql<{ halted: boolean }>(
      'select halted_at is not null as halted from link_state',
    );
    expect(state?.halted).toBe(true);
  });
});
