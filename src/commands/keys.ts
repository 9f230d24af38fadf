import { existsSync, writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { makeAuditKeys } from '../audit/own-audit-keys.ts';
import { type Config, loadConfig } from '../config/config.ts';
import { ConfigError } from '../config/config-error.ts';
import { ALGORITHMS, type Algorithm, POST_QUANTUM_ALGORITHM } from '../envelope/algorithms.ts';
import { ENCRYPTION_ALG, loadDecryptionKeys } from '../keys/decryption-keys.ts';
import { generateDecryptionKey, generateKey } from '../keys/generate-key.ts';
import { loadKeyRing } from '../keys/key-ring.ts';
import { KeysError, keyFault } from '../keys/keys-error.ts';
import { loadEncryptionKeys } from '../keys/partner-encryption-keys.ts';
import { loadPartnerKeys, type VerificationKey } from '../keys/partner-keys.ts';
import { pinPartnerKeys } from '../keys/pin-partner-keys.ts';
import { publicJwks } from '../keys/public-jwks.ts';
import { addKeyLifeCommands } from './key-life.ts';
import { type OutputOptions, printRows, withOutput } from './print-rows.ts';

/** `mra keys`: make our own keys, hand out their public parts, pin a partner's. */
export function addKeysCommand(program: Command): void {
  const keys = program
    .command('keys')
    .description('make, show and change our own keys; pin those of a partner')
    .option('--config <file>', 'configuration file (default: MRA_CONFIG or mra.config.json)');

  keys
    .command('generate')
    .description('make a private key, in a file that only its owner may read')
    .addOption(new Option('--alg <algorithm>', 'what it signs with').choices(ALGORITHMS).default('ES256'))
    .addOption(
      new Option('--use <use>', 'to sign with, or for partners to encrypt to')
        .choices(['sig', 'enc'])
        .default('sig'),
    )
    .option('--kid <name>', 'its name on the wire (default: the party and the month)')
    .addHelpText(
      'after',
      '\nExamples:\n  mra keys generate\n  mra keys generate --alg PS256 --kid cn-2027-01\n  mra keys generate --use enc',
    )
    .action((_options, command: Command) => act(command, generate));

  withOutput(keys.command('list', { isDefault: true }))
    .description('show our own keys and those pinned for each link')
    .addHelpText('after', "\nExamples:\n  mra keys list\n  mra keys list --json | jq -r '.kid'")
    .action((_options, command: Command) => act(command, list));

  keys
    .command('export')
    .description('print our public keys as a JWKS, and their thumbprints to read back to the partner')
    .option('--out <file>', 'write the JWKS to a file')
    .addHelpText('after', '\nExample:\n  mra keys export --out cn-gacc.jwks.json')
    .action((_options, command: Command) => act(command, exportPublic));

  keys
    .command('import')
    .description('pin public keys of a partner, once it has read out their thumbprints over another channel')
    .argument('<link>', 'id of the link in the configuration')
    .argument('<file>', 'the JWKS that the partner handed over')
    .requiredOption('--thumbprint <thumbprint...>', 'what the partner read out, one for each key in the file')
    .addHelpText('after', '\nExample:\n  mra keys import us-cbp theirs.jwks.json --thumbprint …')
    .action((link: string, file: string, _options, command: Command) =>
      act(command, (config, options) => pin(config, link, file, options.thumbprint ?? [])),
    );

  addKeyLifeCommands(keys);
}

interface KeysOptions extends OutputOptions {
  config?: string;
  alg?: Algorithm;
  use?: 'sig' | 'enc';
  kid?: string;
  out?: string;
  thumbprint?: string[];
}

/** Runs a command with its configuration. What is wrong with files or keys is told in full and ends with exit 1. */
async function act(
  command: Command,
  action: (config: Config, options: KeysOptions) => Promise<void>,
): Promise<void> {
  const options = command.optsWithGlobals<KeysOptions>();
  try {
    await action(await loadConfig({ file: options.config, keyFiles: 'optional' }), options);
  } catch (error) {
    if (!(error instanceof ConfigError) && !(error instanceof KeysError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

async function generate(config: Config, { alg = 'ES256', kid, use }: KeysOptions): Promise<void> {
  if (alg === POST_QUANTUM_ALGORITHM && !config.keys.postQuantum) {
    throw keyFault('unsupported-key', config.file, `${alg} needs keys.postQuantum in the configuration`);
  }
  const wanted = {
    party: config.party,
    ...(kid === undefined ? {} : { kid }),
    directory: config.keys.private,
    now: new Date(),
    passphrase: config.keys.passphrase,
  };
  const made =
    use === 'enc'
      ? { ...(await generateDecryptionKey(wanted)), alg: ENCRYPTION_ALG }
      : await generateKey({ ...wanted, alg });
  console.log(`${made.kid}  ${made.alg}  ${made.thumbprint}`);
  console.log(`private key: ${made.file}`);
  console.log('Hand its public part to the partners with: mra keys export');
  const audit = makeAuditKeys(config.keys.private, config.issuer);
  for (const file of audit) console.log(`private key of the audit log: ${file}`);
  if (audit.length > 0) console.log('Hand their public parts to the partners with: mra audit keys');
}

interface ShownKey {
  /** Empty for our own. */
  link: string;
  kid: string;
  use: 'sig' | 'enc';
  alg: string;
  thumbprint: string;
  notBefore: string | null;
  notAfter: string | null;
}

async function list(config: Config, options: KeysOptions): Promise<void> {
  const { private: folder, passphrase } = config.keys;
  const own = [
    ...(await loadKeyRing(folder, passphrase)).keys.map((key) => shown('', 'sig', key)),
    ...(await loadDecryptionKeys(folder, passphrase)).map((key) => shown('', 'enc', key)),
  ];
  const pinned = await Promise.all(
    config.links.map(async ({ id, jwks }) =>
      existsSync(jwks)
        ? [
            ...[...(await loadPartnerKeys(jwks)).values()].map((key) => shown(id, 'sig', key)),
            ...(await loadEncryptionKeys(jwks)).map((key) => shown(id, 'enc', key)),
          ]
        : [],
    ),
  );
  printRows(
    [...own, ...pinned.flat()],
    [
      { title: 'WHOSE', of: ({ link }) => link || `our own (${config.party})` },
      { title: 'KID', of: ({ kid }) => kid },
      { title: 'USE', of: ({ use }) => use },
      { title: 'ALG', of: ({ alg }) => alg },
      { title: 'SINCE', of: ({ notBefore }) => notBefore },
      { title: 'UNTIL', of: ({ notAfter }) => notAfter },
      { title: 'THUMBPRINT', of: ({ thumbprint }) => thumbprint },
    ],
    options,
    'There is no key.',
  );
  // Beside the rows, as a reader of either form needs it.
  if (own.length === 0) console.error('There is none of our own. Make one with: mra keys generate');
  for (const [n, { id }] of config.links.entries())
    if (pinned[n]?.length === 0)
      console.error(`None is pinned for ${id}. Pin them with: mra keys import ${id} …`);
}

function shown(
  link: string,
  use: ShownKey['use'],
  key: Pick<VerificationKey, 'kid' | 'thumbprint' | 'notBefore' | 'notAfter'> & { alg?: Algorithm },
): ShownKey {
  return {
    link,
    kid: key.kid,
    use,
    alg: key.alg ?? ENCRYPTION_ALG,
    thumbprint: key.thumbprint,
    notBefore: key.notBefore?.toISOString() ?? null,
    notAfter: key.notAfter?.toISOString() ?? null,
  };
}

async function exportPublic(config: Config, { out }: KeysOptions): Promise<void> {
  const ring = await loadKeyRing(config.keys.private, config.keys.passphrase);
  if (ring.keys.length === 0) {
    console.error(`${config.keys.private} holds no private key. Make one with: mra keys generate`);
    process.exitCode = 1;
    return;
  }
  const encryption = await loadDecryptionKeys(config.keys.private, config.keys.passphrase);
  const text = JSON.stringify(publicJwks(ring, encryption), null, 2);
  if (out === undefined) console.log(text);
  else writeFileSync(out, `${text}\n`);
  readBack([...ring.keys, ...encryption]);
}

/** On standard error, so that standard output is the JWKS alone. */
function readBack(keys: readonly { kid: string; thumbprint: string }[]): void {
  console.error('Read these thumbprints (RFC 7638) to the partner over another channel than the file takes:');
  for (const { kid, thumbprint } of keys) console.error(`  ${kid}  ${thumbprint}`);
}

async function pin(config: Config, id: string, file: string, thumbprints: string[]): Promise<void> {
  const link = config.links.find((candidate) => candidate.id === id);
  if (!link) {
    const known = config.links.map((candidate) => candidate.id).join(', ') || 'none';
    console.error(`${config.file} has no link ${id}; it has: ${known}`);
    process.exitCode = 1;
    return;
  }
  const fresh = await pinPartnerKeys({ source: file, thumbprints, target: link.jwks });
  for (const { kid, alg, thumbprint } of fresh) console.log(`${kid}  ${alg}  ${thumbprint}`);
  console.log(fresh.length === 0 ? 'Every one of them was pinned already.' : `Pinned in ${link.jwks}.`);
}
