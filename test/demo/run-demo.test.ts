import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addDemoCommand } from '../../src/commands/demo.ts';
import type { DemoSide, DemoSides } from '../../src/demo/demo-side.ts';
import type { DemoOptions, DemoResult } from '../../src/demo/run-demo.ts';
import { startEmbeddedServer } from '../../src/store/embedded-server.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

describe('the demo, small', () => {
  let folder: TemporaryFolder;
  let exitCode: typeof process.exitCode;
  let said: string[];
  beforeEach(async () => {
    folder = await createTemporaryFolder();
    said = [];
    exitCode = process.exitCode;
    process.exitCode = undefined;
    vi.spyOn(console, 'log').mockImplementation((text = '') => said.push(String(text)));
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    process.exitCode = exitCode;
    await folder[Symbol.asyncDispose]();
  });
  const demo = async (overrides: Partial<DemoOptions> = {}): Promise<void> => {
    const program = new Command();
    addDemoCommand(program, { stop: new Promise(() => {}), ...overrides });
    const small = ['--enterprises', '40', '--members', '40', '--backlog', '0'];
    await program.parseAsync(['demo', '--exit', '--json', ...small, '--dir', folder.path], { from: 'user' });
  };
  const result = (): DemoResult => JSON.parse(said.at(-1) ?? '{}') as DemoResult;

  it('delivers everything with receipts, finds nothing different, and leaves no file with tokens', async () => {
    await demo();
    expect(process.exitCode).toBeUndefined();
    const { messages, delivered, receipted, refused, pilot, mismatches } = result();
    expect({ delivered, receipted, refused, pilot, mismatches }).toEqual({
      delivered: messages,
      receipted: messages,
      refused: 0,
      pilot: { passed: 14, failed: 2 },
      mismatches: 0,
    });
    expect(existsSync(join(folder.path, 'demo.json'))).toBe(false);
  }, 60_000);

  it('counts 2 mismatches and exits with 1 when the receiver altered one row and deleted another', async () => {
    await demo({ beforeReading: ({ US }: DemoSides) => tamper(US) });
    expect(process.exitCode).toBe(1);
    expect(result().mismatches).toBe(2);
  }, 60_000);
});

/** Alters the data of one received message and deletes another, behind the gateway's back. */
async function tamper({ dataDir }: DemoSide): Promise<void> {
  await using server = await startEmbeddedServer(dataDir);
  const client = new pg.Client({ connectionString: server.connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string; jws: string }>(
      `select id, jws from message where direction = 'in' and type = 'enterprise-status' order by id limit 2`,
    );
    const [altered, deleted] = rows;
    if (!altered || !deleted) throw new Error('nothing was received');
    await client.query('update message set jws = $2 where id = $1', [altered.id, otherName(altered.jws)]);
    await client.query('delete from message where id = $1', [deleted.id]);
  } finally {
    await client.end();
  }
}

/** The same token about an enterprise of another name; its signature no longer fits. */
function otherName(jws: string): string {
  const [header, payload = '', signature] = jws.split('.');
  const claims = Buffer.from(payload, 'base64url').toString('utf8').replace('"latin":"', '"latin":"X');
  return [header, Buffer.from(claims).toString('base64url'), signature].join('.');
}
