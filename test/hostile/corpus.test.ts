import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { startTarget, type Target } from '../support/target.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { Bakery } from './bake-set.ts';
import { differences } from './check-answer.ts';
import type { Vector } from './recipe.ts';
import { send } from './send.ts';

const FOLDER = join(import.meta.dirname, '../vectors/hostile');
const vectors = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .flatMap((file): Vector[] => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')));

it('has vectors of every kind of attack', () => {
  expect(vectors.length).toBeGreaterThanOrEqual(150);
  const names = vectors.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

describe.each(['tls', 'plain'] as const)(
  'the hostile messages, on an exchange listener with %s',
  (transport) => {
    let folder: TemporaryFolder;
    let db: TestDatabase;
    let target: Target;
    let bakery: Bakery;

    beforeAll(async () => {
      folder = await createTemporaryFolder();
      db = await createTestDatabase();
      target = await startTarget({
        folder: folder.path,
        databaseUrl: db.connectionString,
        tls: transport === 'tls',
        logLevel: 'trace',
      });
      bakery = await Bakery.open(target);
    });
    afterAll(async () => {
      await target[Symbol.asyncDispose]();
      await db.close();
      await folder[Symbol.asyncDispose]();
    });

    const fitting = vectors.filter(({ only }) => only === undefined || only === transport);
    it.concurrent.each(fitting.map((vector) => [vector.name, vector] as const))('%s', async (_, vector) => {
      const own = bakery.apart();
      for (const [index, each] of vector.send.entries()) {
        const expected = vector.expect[index];
        if (!expected) throw new Error('the vector says nothing of this answer');
        const sent = await send(target, own, each, expected);
        expect(differences(sent, expected)).toEqual([]);
      }
    });

    it('leave the gateway as it was', async () => {
      expect(target.ended()).toBeUndefined();
      const live = await fetch(new URL('/health/ready', target.internal));
      expect(live.status).toBe(200);
    });

    it('leave no token, signed message or private key in the log, at the level at which most is written', async () => {
      const log = await target.log();
      expect(log).toContain('"level":20');
      expect(log).not.toMatch(/mra_[\w-]{43}/);
      for (const token of Object.values(target.tokens)) expect(log).not.toContain(token.slice(4));
      expect(log).not.toMatch(/eyJ[\w-]{20,}\.[\w-]{20,}/);
      expect(log).not.toMatch(/PRIVATE KEY|"d":"/);
    });
  },
);
