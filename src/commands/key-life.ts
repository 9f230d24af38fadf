import { userInfo } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { appendEntries } from '../audit/append-entries.ts';
import { type Config, loadConfig } from '../config/config.ts';
import { ALGORITHMS, type Algorithm } from '../envelope/algorithms.ts';
import { createLog } from '../http/create-log.ts';
import { enterKeys } from '../keys/activate-keys.ts';
import { announceEncryptionKey, announceKey } from '../keys/announce-key.ts';
import { confirmPartnerKey } from '../keys/confirm-partner-key.ts';
import { ENCRYPTION_ALG } from '../keys/decryption-keys.ts';
import { type AffectedMessage, findAffected } from '../keys/find-affected.ts';
import { LiveKeyRing } from '../keys/live-key-ring.ts';
import { KEY_DAYS, makeNextEncryptionKey, makeNextKey } from '../keys/make-next-key.ts';
import { listOwnKeys, lockOwnKeys, makeActive } from '../keys/own-keys.ts';
import { PartnerKeyRing } from '../keys/partner-key-ring.ts';
import { revokeKey } from '../keys/revoke-key.ts';
import { revokePartnerKey } from '../keys/revoke-partner-key.ts';
import type { Link } from '../links/link.ts';
import { openLinks } from '../links/open-links.ts';
import type { Database } from '../store/database.ts';
import { openStore } from '../store/open-store.ts';
import { storeConfig } from '../store/store-config.ts';
import { explainFailure } from './explain-failure.ts';
import { type Column, type OutputOptions, tableOf, wantsTable, withOutput } from './print-rows.ts';

interface KeyLifeOptions extends OutputOptions {
  config?: string;
  alg: Algorithm;
  use: 'sig' | 'enc';
  kid?: string;
  days: number;
  reason: string;
  thumbprint: string;
  link?: string;
  since: Date;
}

/** What the commands about the life of keys work with. */
interface KeyLifeTools {
  config: Config;
  database: Database;
  links: ReadonlyMap<string, Link>;
  keyRing: LiveKeyRing;
  options: KeyLifeOptions;
}

const PAGE = 1_000;

/** The subcommands of `mra keys` that change which keys count. They work beside a running gateway. */
export function addKeyLifeCommands(keys: Command): void {
  keys
    .command('rotate')
    .description(
      'make the next signing key and announce it; it signs once every partner has confirmed it. With --use enc: the next key that partners encrypt to',
    )
    .addOption(
      new Option('--use <use>', 'to sign with, or for partners to encrypt to')
        .choices(['sig', 'enc'])
        .default('sig'),
    )
    .addOption(new Option('--alg <algorithm>', 'what it signs with').choices(ALGORITHMS).default('ES256'))
    .option('--kid <name>', 'announce this key, made before, again')
    .option('--days <n>', 'how long it is valid', readDays, KEY_DAYS)
    .addHelpText(
      'after',
      '\nThe partner confirms it with: mra keys confirm LINK KID --thumbprint …\n\nExamples:\n  mra keys rotate\n  mra keys rotate --alg Ed25519 --days 180\n  mra keys rotate --use enc',
    )
    .action((_options, command: Command) => act(command, rotate));

  keys
    .command('activate')
    .description(
      'let a next key sign now: its thumbprint was confirmed by every partner over another channel',
    )
    .argument('<kid>', 'name of the key, as mra keys list shows it')
    .requiredOption('--reason <text>', 'who confirmed it and how; it goes on record')
    .addHelpText(
      'after',
      "\nExample:\n  mra keys activate cn-2026-12 --reason 'read out to Mr. Lee, 24 November'",
    )
    .action((kid: string, _options, command: Command) => act(command, (tools) => activate(tools, kid)));

  keys
    .command('revoke')
    .description("stop a key at once: one of ours, or with --link one of the partner's")
    .argument('<kid>', 'name of the key, as mra keys list shows it')
    .requiredOption('--reason <text>', 'it goes on record')
    .option('--link <link>', "the partner's key of this link")
    .addHelpText(
      'after',
      "\nExamples:\n  mra keys revoke cn-2026-11 --reason 'disk stolen'\n  mra keys revoke us-2026-10 --link us-cbp --reason 'told by telephone'",
    )
    .action((kid: string, _options, command: Command) => act(command, (tools) => revoke(tools, kid)));

  keys
    .command('confirm')
    .description('pin a key that the partner announced, once it has read out its thumbprint')
    .argument('<link>', 'id of the link in the configuration')
    .argument('<kid>', 'name of the key, as mra keys list shows it')
    .requiredOption('--thumbprint <thumbprint>', 'what the partner read out over another channel')
    .addHelpText('after', '\nExample:\n  mra keys confirm us-cbp us-2026-12 --thumbprint …')
    .action((link: string, kid: string, _options, command: Command) =>
      act(command, (tools) => confirm(tools, link, kid)),
    );

  withOutput(keys.command('affected'))
    .description('list every message that a key signed since a date')
    .argument('<kid>', 'name of the key, as mra keys list shows it')
    .requiredOption('--since <date>', '2026-11-24 (its 00:00 UTC) or an instant', readInstant)
    .addHelpText('after', '\nExample:\n  mra keys affected us-2026-11 --since 2026-11-20')
    .action((kid: string, _options, command: Command) => act(command, (tools) => affected(tools, kid)));
}

function act(command: Command, action: (tools: KeyLifeTools) => Promise<void>): Promise<void> {
  return explainFailure(async () => {
    const options = command.optsWithGlobals<KeyLifeOptions>();
    const config = await loadConfig({ file: options.config });
    const links = await openLinks(config.links);
    const keyRing = await LiveKeyRing.open(config.keys);
    await using store = await openStore(storeConfig(config), createLog('warn', process.stderr));
    const { database } = store;
    await new PartnerKeyRing(database, links).refresh();
    await action({ config, database, links, keyRing, options });
  });
}

async function rotate(tools: KeyLifeTools): Promise<void> {
  const { config, database, links, keyRing, options } = tools;
  if (options.use === 'enc') return rotateEncryption(tools);
  const { alg, days } = options;
  const now = new Date();
  const kid = options.kid ?? (await makeNextKey(config, alg, days, now));
  // A crash here leaves a key file that is announced with --kid.
  await keyRing.reload();
  const key = keyRing.keys.find((own) => own.kid === kid);
  if (!key) return fail(`there is no private key ${kid} in ${config.keys.private}`);
  const parts = { issuer: config.issuer, keyRing };
  const told = await database.transaction((tx) =>
    announceKey(tx, parts, [...links.values()], key, actor(), now),
  );
  console.log(`${key.kid}  ${key.alg}  ${key.thumbprint}`);
  console.log(`Announced to: ${told.join(', ') || 'nobody'}. Read its thumbprint out over another channel.`);
}

async function rotateEncryption({ config, database, links, keyRing, options }: KeyLifeTools): Promise<void> {
  const now = new Date();
  const kid = options.kid ?? (await makeNextEncryptionKey(config, options.days, now));
  // A crash here leaves a key file that is announced with --kid.
  await keyRing.reload();
  const key = keyRing.decryptionKeys.find((own) => own.kid === kid);
  if (!key) return fail(`there is no private key ${kid} to decrypt with in ${config.keys.private}`);
  const parts = { issuer: config.issuer, keyRing };
  const told = await database.transaction((tx) =>
    announceEncryptionKey(tx, parts, [...links.values()], key, actor(), now),
  );
  console.log(`${key.kid}  ${ENCRYPTION_ALG}  ${key.thumbprint}`);
  console.log(
    told.length > 0
      ? `Announced to: ${told.join(', ')}. Read its thumbprint out over another channel. Keep the file of the key of before until all have confirmed and nothing under way is encrypted to it.`
      : 'Announced to nobody: no link demands encryption.',
  );
}

async function activate({ database, options }: KeyLifeTools, kid: string): Promise<void> {
  const now = new Date();
  const state = await database.transaction(async (tx) => {
    await lockOwnKeys(tx);
    const row = (await listOwnKeys(tx)).find((own) => own.kid === kid);
    if (row?.state !== 'next') return row?.state ?? 'unknown';
    await makeActive(tx, kid, now);
    await appendEntries(tx, [{ kind: 'key-activated', kid, by: actor(), reason: options.reason }], now);
    return undefined;
  });
  if (state !== undefined) return fail(`${kid} is ${state}; only a next key can be activated`);
  console.log(`${kid} signs from now on.`);
}

async function revoke(tools: KeyLifeTools, kid: string): Promise<void> {
  const { config, database, links, keyRing, options } = tools;
  const by = actor();
  const now = new Date();
  const { reason, link: id } = options;
  if (id !== undefined) {
    const link = linkOf(links, id);
    if (!link) return;
    await database.transaction((tx) => revokePartnerKey(tx, { link, kid, reason, by }, now));
    console.log(`${kid} of ${id} is revoked; running gateways refuse it within 2 seconds.`);
  } else {
    const rows = await listOwnKeys(database);
    const isActive = rows.some((row) => row.kid === kid && row.state === 'active');
    if (isActive && !rows.some((row) => row.state === 'next')) {
      console.log(`${await makeNextKey(config, 'ES256', KEY_DAYS, now)} is made to take its place.`);
      await keyRing.reload();
    }
    const revoked = await database.transaction(async (tx) => {
      await enterKeys(tx, keyRing.keys);
      return revokeKey(tx, keyRing, [...links.keys()], { kid, reason, by }, now);
    });
    console.log(`${kid} is revoked. The running gateway makes what is pending under it anew.`);
    if (revoked.successor !== undefined) console.log(`${revoked.successor} signs from now on.`);
    if (revoked.unconfirmed.length > 0) {
      console.log(
        `Not confirmed by ${revoked.unconfirmed.join(', ')}: hand its public key over (mra keys export) and read its thumbprint out; until it is pinned there, messages wait.`,
      );
    }
  }
  console.log(`What it signed: mra keys affected ${kid} --since <date>`);
}

async function confirm(tools: KeyLifeTools, id: string, kid: string): Promise<void> {
  const { config, database, links, keyRing, options } = tools;
  const link = linkOf(links, id);
  if (!link) return;
  const parts = { issuer: config.issuer, keyRing };
  const pin = { link, kid, thumbprint: options.thumbprint, by: actor() };
  await database.transaction((tx) => confirmPartnerKey(tx, parts, pin, new Date()));
  console.log(`${kid} of ${id} is pinned, and the partner is told.`);
}

async function affected({ database, options }: KeyLifeTools, kid: string): Promise<void> {
  const table: AffectedMessage[] = [];
  let after: string | undefined;
  let count = 0;
  for (;;) {
    const page = await findAffected(database, {
      kid,
      since: options.since,
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    if (wantsTable(options)) table.push(...page);
    else for (const message of page) console.log(JSON.stringify(message));
    count += page.length;
    after = page.at(-1)?.id;
    if (page.length < PAGE) break;
  }
  if (table.length > 0) console.log(tableOf(table, affectedColumns));
  console.error(`${count} messages signed by ${kid} since ${options.since.toISOString()}.`);
}

const affectedColumns: readonly Column<AffectedMessage>[] = [
  { title: 'AT', of: ({ at }) => at.toISOString() },
  { title: 'LINK', of: ({ link }) => link },
  { title: 'WAY', of: ({ direction }) => direction },
  { title: 'TYPE', of: ({ type }) => type },
  { title: 'SUBJECT', of: ({ subject }) => subject },
  { title: 'VERSION', of: ({ version }) => version, right: true },
  { title: 'ID', of: ({ id }) => id },
];

function linkOf(links: ReadonlyMap<string, Link>, id: string): Link | undefined {
  const link = links.get(id);
  if (!link) fail(`there is no link ${id}; there are: ${[...links.keys()].join(', ')}`);
  return link;
}

function fail(text: string): void {
  console.error(text);
  process.exitCode = 1;
}

/** Who acts, for the audit log. */
const actor = (): string => `cli:${userInfo().username}`;

function readDays(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 3_650) return days;
  throw new InvalidArgumentError('a number of days from 1 to 3650');
}

function readInstant(text: string): Date {
  const instant = new Date(text);
  if (!Number.isNaN(instant.getTime())) return instant;
  throw new InvalidArgumentError('a date such as 2026-11-24, or an instant');
}
