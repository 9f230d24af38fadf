import { execFile } from 'node:child_process';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { environmentForChild } from '../../src/config/env.ts';
import { prepareSides } from '../../src/demo/prepare-sides.ts';
import { CLI } from '../../src/demo/start-side.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const PORT_OFFSET = 4_000;

/** `mra serve` as a process of its own: it must end by itself. */
async function serve(config: string): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [CLI, 'serve', '--config', config],
      {
        env: environmentForChild() as NodeJS.ProcessEnv,
        timeout: 20_000,
      },
    );
    return { code: 0, stdout, stderr };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

it('a wrong configuration lists every fault at once, a key that others may read among them, and exits 1', async () => {
  await using folder = await createTemporaryFolder();
  const { CN } = await prepareSides(folder.path, PORT_OFFSET);
  const keys = join(CN.folder, 'keys', 'private');
  const [key = ''] = await readdir(keys);
  await chmod(join(keys, key), 0o644);
  const config = JSON.parse(await readFile(CN.config, 'utf8'));
  config.issuer = 'mra.customs.example';
  config.colour = 'blue';
  config.exchange.port = config.internal.port;
  config.links[0].exchangeUrl = 'http://gateway.cbp.example';
  config.links[0].lanes = 'eight';
  await writeFile(CN.config, JSON.stringify(config));

  const { code, stdout, stderr } = await serve(CN.config);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  for (const place of [
    '/issuer',
    '/colour',
    '/exchange/port',
    '/links/0/exchangeUrl',
    '/links/0/lanes',
    '/keys/private',
  ]) {
    expect(
      stderr.split('\n').filter((line) => line.includes(`  ${place}: `)),
      `${place} in ${stderr}`,
    ).not.toEqual([]);
  }
  expect(stderr).toMatch(/chmod 600/);
  expect(stderr).not.toMatch(/^\s+at /m);
});
