import { userInfo } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { grantAccess } from '../access/grant-access.ts';
import { listAccess } from '../access/list-access.ts';
import { endSession, listSessions } from '../access/list-sessions.ts';
import { type Purpose, purposes } from '../access/purposes.ts';
import { revokeAccess } from '../access/revoke-access.ts';
import { isScope, type Role, roles, type Scope, scopes } from '../access/roles.ts';
import { appendEntries } from '../audit/append-entries.ts';
import { type Config, loadConfig } from '../config/config.ts';
import { createLog } from '../http/create-log.ts';
import type { Database } from '../store/database.ts';
import { openStore } from '../store/open-store.ts';
import { storeConfig } from '../store/store-config.ts';
import { explainFailure } from './explain-failure.ts';
import { type OutputOptions, printRows, withOutput } from './print-rows.ts';

/** `mra access`: tokens for the administration's own systems and people. */
export function addAccessCommand(program: Command): void {
  const access = program
    .command('access')
    .description('grant, list and revoke access to the internal API')
    .option('--config <file>', 'configuration file (default: MRA_CONFIG or mra.config.json)');

  access
    .command('grant')
    .description('make an access token; it is printed once and cannot be shown again')
    .requiredOption('--name <name>', 'who holds it: stands in the logs, never given twice', readName)
    .addOption(
      new Option('--role <role>', 'what it is for').choices(Object.keys(roles)).makeOptionMandatory(),
    )
    .option('--scope <scope...>', `exactly these instead of the role's: ${scopes.join(', ')}`, readScope)
    .addOption(new Option('--purpose <purpose>', 'what its reads of partner data are for').choices(purposes))
    .option('--link <link>', 'the only link it may use')
    .option('--expires <date>', 'when it ends: 2027-11-23 (its 00:00 UTC) or an instant', readInstant)
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  mra access grant --name customs-core --role backend --purpose clearance',
    )
    .action((_options, command: Command) => act(command, grant));

  withOutput(access.command('list', { isDefault: true }))
    .description('show who has access, and who had')
    .addHelpText('after', '\nExamples:\n  mra access list\n  mra access list --json | jq -r .name')
    .action((_options, command: Command) => act(command, list));

  access
    .command('revoke')
    .description('end an access token; running gateways refuse it within 5 seconds')
    .argument('<token>', 'its name or id, not the token itself')
    .addHelpText('after', '\nExample:\n  mra access revoke customs-core')
    .action((nameOrId: string, _options, command: Command) =>
      act(command, async ({ database }) => {
        const { name } = await revokeAccess(database, appendEntries, nameOrId, actor(), new Date());
        console.log(`Revoked ${name}.`);
      }),
    );

  withOutput(access.command('sessions'))
    .description('show who is logged in to the console now')
    .addHelpText('after', '\nExamples:\n  mra access sessions\n  mra access sessions --json | jq -r .name')
    .action((_options, command: Command) => act(command, sessions));

  access
    .command('end-session')
    .description('log somebody out; an open page of theirs leads to the login within 15 seconds')
    .argument('<session>', 'its id, as mra access sessions shows it')
    .addHelpText('after', '\nExample:\n  mra access end-session 4be1c02a7d9f4be1c02a7d9f')
    .action((id: string, _options, command: Command) =>
      act(command, async ({ database }) => {
        const ended = { id, of: undefined, actor: actor(), now: new Date() };
        if (await endSession(database, appendEntries, ended)) return console.log(`Ended ${id}.`);
        console.error(`There is no session ${id} (any more). mra access sessions shows them.`);
        process.exitCode = 1;
      }),
    );
}

interface AccessOptions extends OutputOptions {
  config?: string;
  name?: string;
  role?: Role;
  scope?: Scope[];
  purpose?: Purpose;
  link?: string;
  expires?: Date;
}

interface Parts {
  config: Config;
  database: Database;
  options: AccessOptions;
}

/** Runs a command on the store. */
async function act(command: Command, action: (parts: Parts) => Promise<void>): Promise<void> {
  const options = command.optsWithGlobals<AccessOptions>();
  await explainFailure(async () => {
    const config = await loadConfig({ file: options.config, keyFiles: 'optional' });
    await using store = await openStore(storeConfig(config), createLog('warn', process.stderr));
    await action({ config, database: store.database, options });
  });
}

async function grant({ config, database, options }: Parts): Promise<void> {
  const { name, role, scope, purpose, link, expires, json } = options;
  if (name === undefined || role === undefined)
    throw new Error('commander lets no grant without name and role pass');
  if (link !== undefined && !config.links.some(({ id }) => id === link)) {
    console.error(
      `There is no link ${link} in ${config.file}; it has ${config.links.map(({ id }) => id).join(', ')}.`,
    );
    process.exitCode = 1;
    return;
  }
  const wanted = { name, role, scopes: scope, purpose, link, expiresAt: expires };
  const granted = await grantAccess(database, appendEntries, wanted, actor(), new Date());
  if (json) {
    console.log(JSON.stringify({ id: granted.id, name, role, scopes: granted.scopes, token: granted.token }));
    return;
  }
  console.error(`Granted ${name}: ${granted.scopes.join(', ')}. This is the only time the token is shown:`);
  console.log(granted.token);
}

async function list({ database, options }: Parts): Promise<void> {
  printRows(
    await listAccess(database, new Date()),
    [
      { title: 'STATE', of: ({ state }) => state },
      { title: 'ROLE', of: ({ role }) => role },
      { title: 'NAME', of: ({ name }) => name },
      { title: 'SCOPES', of: ({ scopes }) => scopes.join(' ') },
      { title: 'PURPOSE', of: ({ purpose }) => purpose },
      { title: 'LINK', of: ({ link }) => link },
      { title: 'EXPIRES', of: ({ expiresAt }) => expiresAt?.toISOString() },
      { title: 'ID', of: ({ id }) => id },
    ],
    options,
    'Nobody has access. mra access grant gives it.',
  );
}

async function sessions({ database, options }: Parts): Promise<void> {
  printRows(
    await listSessions(database, new Date()),
    [
      { title: 'NAME', of: ({ name }) => name },
      { title: 'ROLE', of: ({ role }) => role },
      { title: 'OPENED', of: ({ openedAt }) => openedAt.toISOString() },
      { title: 'SEEN', of: ({ seenAt }) => seenAt.toISOString() },
      { title: 'ENDS', of: ({ expiresAt }) => expiresAt.toISOString() },
      { title: 'ID', of: ({ id }) => id },
    ],
    options,
    'Nobody is logged in.',
  );
}

/** Who stands in the audit log for what is done on the command line. */
function actor(): string {
  return `cli:${userInfo().username}`;
}

function readName(text: string): string {
  if (/^[\x21-\x7e](?:[\x20-\x7e]{0,62}[\x21-\x7e])?$/.test(text)) return text;
  throw new InvalidArgumentError('A name is 1 to 64 visible ASCII characters.');
}

function readScope(text: string, before: Scope[] | undefined): Scope[] {
  if (isScope(text)) return [...new Set([...(before ?? []), text])];
  throw new InvalidArgumentError(`It must be one of ${scopes.join(', ')}.`);
}

function readInstant(text: string): Date {
  const shaped = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/.test(text);
  const at = new Date(shaped ? text : Number.NaN);
  if (Number.isNaN(at.getTime()))
    throw new InvalidArgumentError('It must be like 2027-11-23 or 2027-11-23T08:00:00Z.');
  if (at.getTime() <= Date.now()) throw new InvalidArgumentError('It lies in the past.');
  return at;
}
