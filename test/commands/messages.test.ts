import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Command } from 'commander';
import { afterEach, expect, test, vi } from 'vitest';
import { addMessagesCommand } from '../../src/commands/messages.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** What `mra messages …` prints when the gateway answers so. */
async function printed(args: string[], status: number, answer: object): Promise<string[]> {
  const server = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  vi.stubEnv('MRA_API', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('MRA_TOKEN', 'mra_test');
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  const program = new Command('mra');
  addMessagesCommand(program);
  await program.parseAsync(['messages', ...args], { from: 'user' });
  server.close();
  return lines;
}

test('withdrawing all that fit says that a second person has to approve it', async () => {
  const approval = { id: '0198-7', summary: 'withdraw 3 messages' };
  expect(await printed(['withdraw', '--all', '--reason', 'sent twice'], 202, { approval })).toEqual([
    'withdraw 3 messages: waits for a second person to approve it (approval 0198-7).',
  ]);
});

test('retrying all that fit says how many were done', async () => {
  const answer = { action: 'retry', dryRun: false, matched: 3, done: 3, failed: [], more: false };
  expect(await printed(['retry', '--all', '--reason', 'mended'], 200, answer)).toEqual([
    '3 fit, 3 done, 0 could not be.',
  ]);
});
