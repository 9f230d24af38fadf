import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { loadAuditKeys } from '../audit/own-audit-keys.ts';
import { partnerLog } from '../audit/partner-log.ts';
import { giveUpLog, recoverLogs } from '../audit/recover-log.ts';
import { loadConfig } from '../config/config.ts';
import { connectPartner } from '../delivery/send-sets.ts';
import { createLog } from '../http/create-log.ts';
import { openLinks } from '../links/open-links.ts';
import { openStore } from '../store/open-store.ts';
import { storeConfig } from '../store/store-config.ts';
import { openTrust } from '../tls/open-trust.ts';
import { explainFailure } from './explain-failure.ts';

interface RecoverOptions {
  config?: string;
  json?: boolean;
  newLog?: boolean;
  reason?: string;
}

/** `mra audit recover`: after a restore from an older backup. */
export function addRecover(audit: Command): void {
  audit
    .command('recover')
    .description("after a restore: take the entries that our log lost from a partner's mirror")
    .argument('[link]', 'whose mirror; may be left out where one link alone has audit keys')
    .option('--new-log', 'give up the log, because its lost entries are in no mirror, and begin the next one')
    .option('--reason <text>', 'why, for the log; with --new-log')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      "\nExamples:\n  mra audit recover us-cbp\n  mra audit recover --new-log --reason 'the mirror was lost as well'",
    )
    .action((link: string | undefined, _options, command: Command) =>
      explainFailure(() => recover(link, command.optsWithGlobals<RecoverOptions>())),
    );
}

async function recover(id: string | undefined, options: RecoverOptions): Promise<void> {
  const config = await loadConfig({ file: options.config });
  const by = `cli:${userInfo().username}`;
  const logKey = loadAuditKeys(config.keys.private).log;
  const now = (): Date => new Date();
  await using store = await openStore(storeConfig(config), createLog('warn', process.stderr));
  const { database } = store;
  if (options.newLog) {
    if (!options.reason) return wrongUse('Say why with --reason: the log that ends keeps it.');
    const { ended, opened } = await giveUpLog({ database, logKey, now, by }, options.reason);
    console.log(
      options.json ? JSON.stringify({ ended, opened }) : `The log ${ended} has ended; ${opened} goes on.`,
    );
    return;
  }
  const links = [...(await openLinks(config.links)).values()].filter((link) => link.audit !== undefined);
  const link = id === undefined && links.length === 1 ? links[0] : links.find((each) => each.id === id);
  if (!link?.audit)
    return wrongUse(
      `Name one of the links with audit keys: ${links.map((each) => each.id).join(', ') || 'none'}.`,
    );
  await using connection = connectPartner(link, openTrust(config));
  const witness = { link: link.id, key: link.audit.witness, partner: partnerLog(connection) };
  const recovered = await recoverLogs({ database, logKey, witness, now, by });
  if (options.json) console.log(JSON.stringify({ link: link.id, recovered }));
  else if (recovered.length === 0) console.log(`${link.id} keeps no entry of our logs that we do not hold.`);
  for (const { log, had, size, lost } of options.json ? [] : recovered) {
    console.log(`${log}: ${size - had} entries taken back, ${size} now; of ${lost} the content is lost`);
  }
}

function wrongUse(text: string): void {
  console.error(text);
  process.exitCode = 2;
}
