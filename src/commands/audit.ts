import { hash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { verifyExport } from '../audit/export/verify-export.ts';
import { type ExportKeys, writeExport } from '../audit/export/write-export.ts';
import { readPolicy } from '../audit/notes/policy.ts';
import { loadAuditKeys, makeAuditKeys } from '../audit/own-audit-keys.ts';
import { writePublicAuditKeys } from '../audit/partner-audit-keys.ts';
import { policyFor } from '../audit/policy-for.ts';
import { checkProof } from '../audit/prove-entry.ts';
import { proveMessage, provePartner } from '../audit/prove-message.ts';
import { readLatestHead } from '../audit/read-tree.ts';
import { type Config, loadConfig } from '../config/config.ts';
import { createLog } from '../http/create-log.ts';
import { openLinks } from '../links/open-links.ts';
import type { Database } from '../store/database.ts';
import { openStore } from '../store/open-store.ts';
import { storeConfig } from '../store/store-config.ts';
import { addAuditLists } from './audit-list.ts';
import { addRecover } from './audit-recover.ts';
import { explainFailure } from './explain-failure.ts';

interface AuditOptions {
  config?: string;
  json?: boolean;
  log?: string;
  policy?: string;
  out?: string;
  partner?: boolean;
}

/** `mra audit`: the log that neither side can rewrite. */
export function addAuditCommand(program: Command): void {
  const audit = program
    .command('audit')
    .description('show what the audit log says and its keys; export, verify, prove and recover it')
    .option('--config <file>', 'configuration file (default: MRA_CONFIG or mra.config.json)');
  addKeys(audit);
  addExport(audit);
  addProofs(audit);
  addRecover(audit);
  addAuditLists(audit);
}

function addKeys(audit: Command): void {
  audit
    .command('keys')
    .description('print our public audit keys, for the partner; make the private ones where there are none')
    .addHelpText(
      'after',
      '\nThe partner keeps what is printed in the file that links[].auditKeys names.\n\nExample:\n  mra audit keys > cn-gacc.audit.txt',
    )
    .action((_options, command: Command) => run(command, printKeys));
}

function addExport(audit: Command): void {
  audit
    .command('export')
    .description(
      'write the log as files that an auditor verifies without us: entries, tiles, checkpoint, keys',
    )
    .argument('<dir>', 'folder to write into; made where it is missing')
    .option('--log <name>', 'which log, by its year (default: the one that is written now)')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  mra audit export ./log-2026 --log 2026')
    .action((dir: string, _options, command: Command) =>
      run(command, (options) => onStore(options, (parts) => exportLog(parts, dir))),
    );
  audit
    .command('verify')
    .description(
      'verify an export offline: every entry, every tile, the signatures. Exit 1 if anything is wrong',
    )
    .argument('<dir>', 'folder of the export')
    .requiredOption(
      '--policy <file>',
      'whose signatures count (C2SP tlog-policy), from another source than the export',
    )
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  mra audit verify ./log-2026 --policy auditor.policy')
    .action((dir: string, _options, command: Command) => run(command, (options) => verify(options, dir)));
}

function addProofs(audit: Command): void {
  audit
    .command('prove')
    .description('write a proof that the log holds what happened to a message, with what opens the entry')
    .argument('<message>', 'id of the message')
    .option('--out <dir>', 'folder to write into', '.')
    .option('--partner', "prove the receiver's entry that its receipt names, from our mirror of its log")
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  mra audit prove 019a…\n  mra audit prove 019a… --partner --out ./evidence',
    )
    .action((message: string, _options, command: Command) =>
      run(command, (options) => onStore(options, (parts) => prove(parts, message))),
    );
  audit
    .command('check-proof')
    .description('check a proof file offline. Exit 1 if it does not hold')
    .argument('<file>', 'the .tlog-proof file')
    .option('--policy <file>', 'whose signatures count (default: our own keys and those of our partners)')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  mra audit check-proof 019a….tlog-proof --policy auditor.policy')
    .action((file: string, _options, command: Command) => run(command, (options) => check(options, file)));
}

function run(command: Command, action: (options: AuditOptions) => Promise<void>): Promise<void> {
  return explainFailure(() => action(command.optsWithGlobals<AuditOptions>()));
}

interface StoreParts {
  config: Config;
  database: Database;
  options: AuditOptions;
}

async function onStore(options: AuditOptions, action: (parts: StoreParts) => Promise<void>): Promise<void> {
  const config = await loadConfig({ file: options.config, keyFiles: 'optional' });
  await using store = await openStore(storeConfig(config), createLog('warn', process.stderr));
  await action({ config, database: store.database, options });
}

async function printKeys({ config: file }: AuditOptions): Promise<void> {
  const config = await loadConfig({ file, keyFiles: 'optional' });
  for (const made of makeAuditKeys(config.keys.private, config.issuer)) console.error(`made ${made}`);
  const keys = loadAuditKeys(config.keys.private);
  process.stdout.write(writePublicAuditKeys(keys, config.party));
  // On standard error, so that standard output is the file alone.
  console.error('Read these SHA-256 of the keys to the partner over another channel than the file takes:');
  for (const { verifier } of [keys.log, keys.witness]) {
    console.error(`  ${verifier.role.padEnd(7)} ${verifier.name}  ${hash('sha256', verifier.bytes, 'hex')}`);
  }
}

/** Our log's key, and the witnesses that cosign it, by their party. */
async function exportKeys(config: Config): Promise<ExportKeys> {
  const links = await openLinks(config.links);
  const witnesses = [...links.values()].flatMap(({ partner, id, audit }) =>
    audit
      ? [
          [
            config.links.filter((link) => link.partner === partner).length > 1 ? id : partner.toLowerCase(),
            audit.witness,
          ] as const,
        ]
      : [],
  );
  return { log: loadAuditKeys(config.keys.private).log.verifier, witnesses: new Map(witnesses) };
}

async function exportLog({ config, database, options }: StoreParts, dir: string): Promise<void> {
  const log = options.log ?? (await readLatestHead(database))?.log ?? String(new Date().getUTCFullYear());
  const written = await writeExport(database, log, await exportKeys(config), dir);
  if (options.json) console.log(JSON.stringify({ dir, ...written }));
  else {
    const { origin, size, cosigned } = written;
    console.log(
      `${origin}: ${size} entries in ${dir}, ${cosigned === 0 ? 'not cosigned' : `cosigned by ${cosigned}`}`,
    );
    console.log(
      `An auditor verifies it with: mra audit verify ${dir} --policy <the policy from another source>`,
    );
  }
}

async function verify({ json, policy = '' }: AuditOptions, dir: string): Promise<void> {
  const verified = await verifyExport(dir, await readFile(policy));
  const { origin, size, root, cosigned, faults } = verified;
  if (json) console.log(JSON.stringify({ ok: faults.length === 0, ...verified }));
  else {
    for (const { file, message } of faults) console.log(`${file}: ${message}`);
    if (faults.length === 0) {
      console.log(
        `${origin}: ${size} entries, root ${root}: every entry, every tile and every signature holds`,
      );
      for (const { name, at } of cosigned) console.log(`  cosigned by ${name} at ${at}`);
    }
  }
  if (faults.length > 0) process.exitCode = 1;
}

async function prove({ database, options }: StoreParts, message: string): Promise<void> {
  const { out = '.', json, partner } = options;
  const proofs = partner ? [await provePartner(database, message)] : await proveMessage(database, message);
  await mkdir(out, { recursive: true });
  const written: { file: string; log: string; index: number }[] = [];
  for (const [n, { text, log, index }] of proofs.entries()) {
    const file = join(out, `${message}${n === 0 ? '' : `-${n + 1}`}.tlog-proof`);
    await writeFile(file, text);
    written.push({ file, log, index });
  }
  if (json) console.log(JSON.stringify({ message, proofs: written }));
  else for (const { file, log, index } of written) console.log(`${file}: entry ${index} of ${log}`);
}

async function check({ policy, json, config: file }: AuditOptions, proof: string): Promise<void> {
  const bytes = await readFile(proof);
  const trusted = policy === undefined ? await ownPolicy(file, bytes) : readPolicy(await readFile(policy));
  const { checkpoint, index, cosigned, entry, content, gone } = checkProof(bytes, trusted);
  const { origin, size } = checkpoint;
  if (json) {
    console.log(
      JSON.stringify({ ok: true, origin, size, index, cosigned, entry: JSON.parse(entry), content, gone }),
    );
    return;
  }
  console.log(
    `entry ${index} of ${origin}, in its tree of ${size} entries, cosigned by ${cosigned.join(', ') || 'nobody'}`,
  );
  console.log(`  ${entry}`);
  if (content !== null) console.log(`  opened: ${JSON.stringify(content)}`);
  else console.log(gone === null ? '  its content is not in the proof' : `  its content is ${gone}`);
}

/** Trusts our own keys and those of our partners, for the log that the proof is of. */
async function ownPolicy(file: string | undefined, bytes: Buffer) {
  const config = await loadConfig({ file, keyFiles: 'optional' });
  return policyFor(bytes, loadAuditKeys(config.keys.private), [...(await openLinks(config.links)).values()]);
}
