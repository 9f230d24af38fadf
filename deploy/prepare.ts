import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { prepareSides } from '../src/demo/prepare-sides.ts';
import type { ConfigFile } from '../src/generated/config.ts';

/**
 * Makes what docker-compose.yml mounts, in deploy/sides or the folder named: each side's configuration, keys and
 * certificates, and the secrets of its database and queue. The two sides trust each other's authority, as after an
 * exchange of files; in production each administration makes its own.
 *
 * Run once: what is there is kept.
 */
const folder = resolve(process.argv[2] ?? join(import.meta.dirname, 'sides'));

/** The user of the image, whom a private key must belong to. */
const UID = 1000;
/** Where the container sees the folder of its side. */
const MOUNT = '/etc/mra';

if (existsSync(join(folder, 'secrets'))) {
  console.log(`${folder} is prepared already; remove it to begin anew.`);
} else {
  await prepare();
  console.log(`${folder} is ready for docker compose up --build.`);
}

async function prepare(): Promise<void> {
  const sides = await prepareSides(folder);
  const secrets = join(folder, 'secrets');
  mkdirSync(secrets, { mode: 0o755 });
  for (const side of Object.values(sides)) {
    const name = side.party.toLowerCase();
    inContainer(side.config, name === 'cn' ? 'us' : 'cn');
    writeSecrets(secrets, name);
    handOver(side.folder);
  }
}

/** Addresses as the containers have them; the listeners' hosts come from the environment. */
function inContainer(file: string, partner: string): void {
  const config: ConfigFile = JSON.parse(readFileSync(file, 'utf8'));
  const [link] = config.links;
  if (!link || !config.exchange?.tls) throw new Error(`${file} has no link or no TLS`);
  link.exchangeUrl = `https://${partner}-front:8702`;
  config.internal = { port: 8701 };
  config.exchange = { port: 8702, tls: config.exchange.tls };
  writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`);
}

/** Readable for the services' own users: what protects them is the folder of the host. */
function writeSecrets(secrets: string, side: string): void {
  const [database, queue] = [randomBytes(24).toString('hex'), randomBytes(24).toString('hex')];
  const contents = {
    'database-password': database,
    'database-url': `postgresql://mra:${database}@${side}-postgres:5432/mra`,
    'queue-url': `redis://:${queue}@${side}-redis:6379`,
    'redis-acl': `user default on >${queue} ~* &* +@all`,
  };
  for (const [name, text] of Object.entries(contents)) {
    writeFileSync(join(secrets, `${side}-${name}`), `${text}\n`, { mode: 0o444 });
  }
  chmodSync(secrets, 0o755);
}

/** Private keys are refused when others may open them, so they belong to the user of the image. */
function handOver(path: string): void {
  if (process.getuid?.() !== 0) {
    console.log(`${path} must belong to the user ${UID} of the image, who reads it at ${MOUNT}.`);
    return;
  }
  chownSync(path, UID, UID);
  for (const entry of readdirSync(path, { withFileTypes: true, recursive: true })) {
    chownSync(join(entry.parentPath, entry.name), UID, UID);
  }
}
