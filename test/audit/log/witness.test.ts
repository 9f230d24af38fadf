import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mirrorLog } from '../../../src/audit/mirror-log.ts';
import { checkpointText, readCheckpoint } from '../../../src/audit/notes/checkpoint.ts';
import { checkByPolicy, readPolicy, writePolicy } from '../../../src/audit/notes/policy.ts';
import { writeNote } from '../../../src/audit/notes/signed-note.ts';
import { signerOfLog, signingKey, signNote } from '../../../src/audit/notes/signing-key.ts';
import { keyOfLog } from '../../../src/audit/notes/verifier-key.ts';
import { writeWitnessRequest } from '../../../src/audit/notes/witness-request.ts';
import { publishCheckpoint } from '../../../src/audit/publish-checkpoint.ts';
import { readLatestHead, tileSource } from '../../../src/audit/read-tree.ts';
import { forgetCosignatures } from '../../../src/audit/run-publisher.ts';
import { EMPTY_ROOT } from '../../../src/audit/tree/hash.ts';
import { proveConsistency } from '../../../src/audit/tree/prove.ts';
import { type AuditedPair, createAuditedPair, partnerAt } from './audited-side.ts';

let pair: AuditedPair;
beforeEach(async () => {
  pair = await createAuditedPair();
});
afterEach(() => pair[Symbol.asyncDispose]());

const post = (body: string) => partnerAt(() => pair.us.server.url).addCheckpoint(body);

async function grow(count: number) {
  await pair.cn.append(count);
  await pair.cn.sequence();
  const head = await readLatestHead(pair.cn.db.database);
  if (!head) throw new Error('no head');
  return head;
}

function forged(
  size: number,
  root: Buffer,
  origin = 'customs.example/audit/2026',
  key = signerOfLog(pair.cn.keys.log, '2026'),
): string {
  const text = checkpointText({ origin, size, root });
  return writeNote(text, [signNote(key, text)]);
}

describe('add-checkpoint', () => {
  it('cosigns what goes on from what it cosigned, and what it gives is served with the checkpoint', async () => {
    const { cn, us } = pair;
    for (const count of [3, 253, 400]) {
      await grow(count);
      await cn.publish();
      expect(await cn.state()).toBe('compared');
    }
    const served = await partnerAt(() => cn.server.url).read('/audit/2026/checkpoint');
    expect([served.status, served.contentType]).toEqual([200, 'text/plain; charset=utf-8']);
    const { checkpoint, note } = readCheckpoint(served.body);
    expect(checkpoint.size).toBe(656);
    const policy = writePolicy(
      [keyOfLog(cn.keys.log.verifier, '2026')],
      new Map([['us', us.keys.witness.verifier]]),
    );
    expect(checkByPolicy(note, checkpoint.origin, readPolicy(Buffer.from(policy))).cosignatures.size).toBe(1);
  });

  it('its cosignatures of the last day are kept all, of earlier ones the last of each hour', async () => {
    const { cn } = pair;
    const hours = [-30, -30, -29, -2, -2];
    for (const hour of hours) {
      await grow(1);
      await cn.publish();
      await cn.db.sql(
        `update audit_cosignature set at = date_trunc('hour', $1::timestamptz) + size * interval '1 minute' where at > $1`,
        [new Date(cn.now.getTime() + hour * 3_600_000)],
      );
    }
    await forgetCosignatures(cn.db.database, cn.now);
    const kept = await cn.db.sql<{ size: string }>('select size from audit_cosignature order by size');
    expect(kept.map((row) => Number(row.size))).toEqual([2, 3, 4, 5]);
  });

  it('answers 409 with the size that it knows to an old size that is not it', async () => {
    const head = await grow(5);
    await pair.cn.publish();
    const answer = await post(writeWitnessRequest(0, [], head.checkpoint));
    expect([answer.status, answer.contentType, answer.body.toString()]).toEqual([
      409,
      'text/x.tlog.size',
      '5\n',
    ]);
    expect((await post(writeWitnessRequest(3, [EMPTY_ROOT], head.checkpoint))).status).toBe(409);
  });

  it('cosigns the same checkpoint again, for a caller that lost the answer', async () => {
    const head = await grow(5);
    await pair.cn.publish();
    expect((await post(writeWitnessRequest(5, [], head.checkpoint))).status).toBe(200);
  });

  it('answers 404 to an unknown origin, 403 without a signature of its log, 400 to what is malformed', async () => {
    const other = signingKey('log', 'customs.example/audit/2026', Buffer.alloc(32, 9));
    const renamed = signingKey('log', 'nobody.example/audit/2026', Buffer.alloc(32, 1));
    expect(
      (await post(writeWitnessRequest(0, [], forged(0, EMPTY_ROOT, 'nobody.example/audit/2026', renamed))))
        .status,
    ).toBe(404);
    expect(
      (await post(writeWitnessRequest(0, [], forged(0, EMPTY_ROOT, 'customs.example/audit/now')))).status,
    ).toBe(404);
    expect(
      (await post(writeWitnessRequest(0, [], forged(0, EMPTY_ROOT, 'customs.example/audit/2026', other))))
        .status,
    ).toBe(403);
    const good = forged(1, EMPTY_ROOT);
    expect((await post(writeWitnessRequest(0, [], good.replace('\n1\n', '\n2\n')))).status).toBe(403);
    expect((await post(writeWitnessRequest(2, [], good))).status).toBe(400);
    expect((await post(`old 00\n\n${good}`)).status).toBe(400);
    expect((await post(good)).status).toBe(400);
    expect((await post('')).status).toBe(400);
    expect((await post(writeWitnessRequest(0, [], good))).status).toBe(200);
  });

  it('answers 422 to a proof that does not hold and to another root of the same size, and keeps the evidence', async () => {
    const { cn, us } = pair;
    const five = await grow(5);
    await cn.publish();
    const nine = await grow(4);
    const proof = await proveConsistency(tileSource(cn.db.database, '2026'), 5, 9);
    expect((await post(writeWitnessRequest(5, [...proof].reverse(), nine.checkpoint))).status).toBe(422);
    expect((await post(writeWitnessRequest(5, [], nine.checkpoint))).status).toBe(422);
    expect((await post(writeWitnessRequest(5, [], forged(5, nine.root)))).status).toBe(422);
    expect((await post(writeWitnessRequest(5, proof, forged(9, five.root)))).status).toBe(422);
    expect(await us.db.sql('select 1 from audit_conflict')).toHaveLength(3);
    expect((await post(writeWitnessRequest(5, proof, nine.checkpoint))).status).toBe(200);
  });

  it('an empty tree has the root of nothing', async () => {
    expect((await post(writeWitnessRequest(0, [], forged(0, Buffer.alloc(32, 1))))).status).toBe(422);
  });

  it('a process with an older head than another one has published is not behind', async () => {
    const { cn } = pair;
    const older = await grow(5);
    await grow(4);
    await cn.publish();
    const { database, witnesses } = cn.publishing();
    const [witness] = witnesses;
    if (!witness) throw new Error('there is no witness');
    expect(await publishCheckpoint(database, witness, older)).toEqual({ kind: 'cosigned' });
    // A store that holds no more than that head is.
    await cn.db.sql('update audit_tree set size = $1', [older.size]);
    expect(await publishCheckpoint(database, witness, older)).toMatchObject({ kind: 'behind' });
  });

  it('of two requests at once that go on from the same size, one is cosigned', async () => {
    const { cn } = pair;
    await grow(5);
    await cn.publish();
    const source = tileSource(cn.db.database, '2026');
    const requests: string[] = [];
    for (const count of [1, 1, 1, 1]) {
      const head = await grow(count);
      requests.push(writeWitnessRequest(5, await proveConsistency(source, 5, head.size), head.checkpoint));
    }
    const statuses = (await Promise.all(requests.map(post))).map((answer) => answer.status).sort();
    expect(statuses).toEqual([200, 409, 409, 409]);
  });
});

describe('tiles on the exchange listener', () => {
  it('are served at every width that the tree has had, and no further', async () => {
    await grow(300);
    const { read } = partnerAt(() => pair.cn.server.url);
    expect((await read('/audit/2026/tile/0/000')).body).toHaveLength(8192);
    expect((await read('/tile/0/001.p/44')).body).toHaveLength(44 * 32);
    expect((await read('/audit/2026/tile/0/001.p/7')).body).toHaveLength(7 * 32);
    expect((await read('/audit/2026/tile/1/000.p/1')).body).toHaveLength(32);
    expect((await read('/audit/2026/tile/entries/001.p/44')).contentType).toBe('application/octet-stream');
    for (const path of ['tile/0/001.p/45', 'tile/0/001', 'tile/2/000.p/1', 'tile/entries/002.p/1']) {
      expect((await read(`/audit/2026/${path}`)).status).toBe(404);
    }
    expect((await read('/audit/2026/tile/0/1')).status).toBe(400);
    expect((await read('/audit/2025/tile/0/000')).status).toBe(404);
    expect((await read('/audit/2025/checkpoint')).status).toBe(404);
  });
});

describe('a mirror', () => {
  it('holds the entries and tiles of the partner up to what was cosigned', async () => {
    const { cn, us } = pair;
    for (const count of [10, 500, 5_000]) {
      await grow(count);
      await cn.publish();
      await us.mirror();
    }
    const [mirror] = await us.db.sql<{ size: string; fault: string | null }>(
      'select size, fault from audit_mirror',
    );
    expect(mirror).toEqual({ size: '5510', fault: null });
    const own = partnerAt(() => cn.server.url);
    const kept = partnerAt(() => us.server.url);
    const prefix = `/audit/mirrors/${Buffer.from('customs.example/audit/2026').toString('base64url')}`;
    for (const path of [
      'tile/0/x000/021'.replace('x000/', ''),
      'tile/0/021.p/134',
      'tile/1/000.p/21',
      'tile/entries/021.p/134',
      'tile/entries/007',
      'tile/entries/021.p/3',
    ]) {
      const [theirs, ours] = [await own.read(`/audit/2026/${path}`), await kept.read(`${prefix}/${path}`)];
      expect([path, ours.status]).toEqual([path, theirs.status]);
      expect(ours.body.equals(theirs.body) || theirs.status !== 200).toBe(true);
    }
    expect((await kept.read(`${prefix}/checkpoint`)).body.toString()).toMatch(
      /^customs\.example\/audit\/2026\n5510\n/,
    );
  });

  it('is not narrowed by a pull that was stopped, and goes on after another one has grown it', async () => {
    const { cn, us } = pair;
    await grow(10);
    await cn.publish();
    // A process is stopped between the partner's answer and its own write; its lease runs out.
    const partner = partnerAt(() => cn.server.url);
    const [answered, goesOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const late = mirrorLog(
      us.db.database,
      {
        ...partner,
        async read(path) {
          const answer = await partner.read(path);
          answered.resolve();
          await goesOn.promise;
          return answer;
        },
      },
      { link: 'cn-gacc', origin: 'customs.example/audit/2026' },
    );
    await answered.promise;
    await us.db.sql(`update worker set lease_until = clock_timestamp() - interval '1 ms'`);
    await grow(20);
    await cn.publish();
    await us.mirror();
    goesOn.resolve();
    await late;
    await grow(5);
    await cn.publish();
    await us.mirror();
    const prefix = `/audit/mirrors/${Buffer.from('customs.example/audit/2026').toString('base64url')}`;
    for (const path of ['tile/0/000.p/35', 'tile/entries/000.p/35']) {
      const kept = await partnerAt(() => us.server.url).read(`${prefix}/${path}`);
      expect([path, kept.body.equals((await partner.read(`/audit/2026/${path}`)).body)]).toEqual([
        path,
        true,
      ]);
    }
    expect(await us.db.sql('select owner from worker')).toEqual([{ owner: null }]);
  });

  it('does not grow by entries that are not what was cosigned, and says so', async () => {
    const { cn, us } = pair;
    await grow(10);
    await cn.publish();
    await cn.db.sql(`update audit_entry set entry = replace(entry, '2026', '2025') where index = 7`);
    await us.mirror();
    const [mirror] = await us.db.sql<{ size: string; fault: string }>('select size, fault from audit_mirror');
    expect(mirror?.size).toBe('0');
    expect(mirror?.fault).toMatch(/do not make up the tree that was cosigned/);
  });
});
