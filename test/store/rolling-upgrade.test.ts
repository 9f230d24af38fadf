import { copyFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { migrate, migrationsFolder } from '../../src/store/migrate.ts';
import { recordOf } from '../support/messages.ts';
import { createPair } from '../support/pair.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

/** What the program after this one would bring: it adds, and this program does not know of it. */
const EXPANSION = `
  alter table message add column seal text;
  alter table outbox add column weight integer not null default 1;
  create table seal_log (message uuid primary key, seal text not null);
`;
/** And the one after that: the old program must be gone by then. */
const CONTRACTION = 'alter table message drop column txn;';

it('two versions of the program work on one database under load: expand, roll, contract', async () => {
  await using pair = await createPair();
  const { cn, us } = pair;
  await using newer = await createTemporaryFolder();
  const own = (await readdir(migrationsFolder)).filter((name) => name.endsWith('.sql')).sort();
  for (const name of own) await copyFile(join(migrationsFolder, name), join(newer.path, name));
  const numbered = (n: number) => String(own.length + n).padStart(4, '0');

  // The old program, all the while: accepts, delivers, receipts.
  let done = false;
  let accepted = 0;
  const old = (async () => {
    while (!done) {
      const ids = Array.from({ length: 10 }, (_, n) => `CN44${30_000_000 + accepted + n}`);
      await cn.submit(...ids.map((id) => ({ type: 'enterprise-status', data: recordOf(id) })));
      accepted += ids.length;
      await pair.deliver(cn);
      await pair.receipt(us);
      await turn();
    }
  })();
  const reached = async (count: number) => {
    while (accepted < count) await turn();
  };
  // A fault of the old program ends the waiting for it.
  const until = (count: number) => Promise.race([reached(count), old]);

  await until(30);
  const before = accepted;
  await writeFile(join(newer.path, `${numbered(1)}-expand-seal.sql`), EXPANSION);
  expect((await migrate(cn.db.connectionString, newer.path)).applied).toHaveLength(1);
  // The new program beside the old one: it writes what only it knows, in the rows of both.
  await cn.db.sql(`insert into seal_log select id, 'sealed' from message on conflict do nothing`);
  await cn.db.sql(`update message set seal = 'sealed' where direction = 'out'`);
  // An old process that is restarted in between comes up.
  expect((await migrate(cn.db.connectionString)).applied).toEqual([]);
  await until(before + 50);
  done = true;
  await old;

  const [state] = await cn.db.sql<{ accepted: number; receipted: number; weights: number; sealed: number }>(
    `select (select count(*)::int from message where direction = 'out') as accepted,
            (select count(*)::int from receipt) as receipted,
            (select count(*)::int from outbox where weight is null) as weights,
            (select count(*)::int from seal_log) as sealed`,
  );
  expect(state).toMatchObject({ accepted, receipted: accepted, weights: 0 });
  expect(state?.sealed).toBeGreaterThanOrEqual(before);

  await writeFile(join(newer.path, `${numbered(2)}-contract-txn.sql`), CONTRACTION);
  await migrate(cn.db.connectionString, newer.path);
  await expect(migrate(cn.db.connectionString)).rejects.toMatchObject({ code: 'schema-newer' });
});
