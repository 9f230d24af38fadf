import { relative } from 'node:path';
import { type Party, partnerOf } from '../contract/party.ts';
import { type DemoSides, PARTIES } from './demo-side.ts';
import { count } from './progress.ts';
import type { Story } from './run-demo.ts';

const NAMES: Readonly<Record<Party, string>> = { CN: 'GACC', US: 'CBP' };

const say = (text = ''): void => console.log(text);

export function saySides(sides: DemoSides): void {
  for (const party of PARTIES) {
    const { internal, exchange, pid } = sides[party];
    say(`  ${party} ${NAMES[party].padEnd(4)}  internal ${internal}  exchange ${exchange}  process ${pid}`);
  }
  say();
}

export function sayAct(letter: string, title: string): void {
  say(`  (${letter}) ${title}`);
}

/** The story in a short table. */
export function sayResult({ registers, urgent, verification, result }: Story, backlog: number): void {
  const { pilot, feeds, register, mismatches } = verification;
  const seconds = (registers.ms / 1000).toFixed(1);
  const perSecond = Math.round(registers.messages / (registers.ms / 1000));
  const short = urgent.waiting < backlog ? `, which is fewer than the ${count(backlog)} wanted` : '';
  say();
  say(`  pilot 2008    ${pilot.facilities} facilities, ${pilot.passed} passed, ${pilot.failed} failed`);
  say(
    `  registers     ${count(registers.messages)} messages with receipts in ${seconds} s, ${count(perSecond)}/s`,
  );
  say(
    `  suspension    delivered ${count(urgent.urgentMs)} ms after its 202, while ${count(urgent.waiting)} waited${short}`,
  );
  say(
    `  read back     ${count(mismatches)} mismatches, ${count(register.read)} records of the registers looked up`,
  );
  say();
  say('                sent    compared   missing  different  extra');
  for (const party of PARTIES) {
    const { compared, missing, different, extra } = feeds[party];
    const sent = compared - extra + missing;
    const cells = [
      count(sent).padStart(9),
      count(compared).padStart(11),
      count(missing).padStart(9),
      count(different).padStart(10),
      count(extra).padStart(6),
    ];
    say(`  ${party} ▶ ${partnerOf(party)}  ${cells.join(' ')}`);
  }
  for (const example of [...feeds.CN.examples, ...feeds.US.examples, ...register.examples])
    say(`  ! ${example}`);
  if (result.refused > 0) say(`  ! ${count(result.refused)} messages were refused`);
  say(`  all of it in ${result.seconds} s`);
}

/** What to do with it while it is up. */
export function sayAddresses({ CN, US }: DemoSides, folder: string): void {
  const file = `./${relative(process.cwd(), folder)}/demo.json`.replace('././', './');
  const token = (side: string, role: string): string =>
    `$(node -p "require('${file}').${side}.tokens.${role}")`;
  say(`
  Both sides are up until Ctrl-C. Addresses and tokens for programs: ${file}

    The operators' console     GACC  ${CN.console}     CBP  ${US.console}
    To log in there, paste the token that this prints (operator sees queues and register, auditor the log,
    admin keys and access):    echo ${token('cn', 'operator')}

    # CBP asks for what has come from China, with the newest page of the feed
    curl -s -H "Authorization: Bearer ${token('us', 'backend')}" "${US.internal}/v1/changes?limit=2"

    # and for the pilot
    curl -s -H "Authorization: Bearer ${token('us', 'reader')}" ${US.internal}/v1/validation-rounds/CN-US-2008-2

    # an operator of GACC looks at the link
    curl -s -H "Authorization: Bearer ${token('cn', 'operator')}" ${CN.internal}/v1/ops/overview

  More lines: examples/curl.md`);
}
