import { calendarDay } from '../contract/party.ts';
import { awaitReceipts } from './await-receipts.ts';
import { DemoError } from './demo-error.ts';
import type { DemoSides } from './demo-side.ts';
import { type DemoEnterprise, periodicUpdate } from './enterprise-story.ts';
import { generateEnterprises } from './generate-enterprises.ts';
import type { Ledger } from './ledger.ts';
import type { RegisterPlan } from './load-registers.ts';
import type { Progress } from './progress.ts';
import { type MessageGroup, submitMessages } from './submit-messages.ts';
import { suspendAtOnce, type UrgentSent } from './suspend-at-once.ts';

/** Rounds of the whole register, after which the backlog is taken as it is. */
const ROUNDS_MAX = 3;

/**
 * Act (c): China repeats its register in periodic messages until at least `backlog` of them wait, and then
 * suspends one enterprise.
 *
 * @returns what was sent, once everything has its receipt
 */
export async function sendUrgent(
  sides: DemoSides,
  plan: RegisterPlan,
  backlog: number,
  ledger: Ledger,
  progress: Progress,
): Promise<UrgentSent> {
  const enterprise = findCertified(plan);
  const before = ledger.messages;
  const urgent = await suspendAtOnce({
    sides,
    enterprise,
    backlog,
    on: calendarDay('CN', new Date()),
    fill: async (enough) => {
      const groups = rounds(plan, enterprise.id);
      const options = { name: 'periodic', afterBatch: enough };
      ledger.note('CN', await submitMessages(sides.CN, groups, ledger.expected.CN, options));
    },
  });
  ledger.expected.CN.add([urgent.message]);
  const total = ledger.messages - before;
  const show = (receipted: number): void => progress.update(receipted - before, total);
  await awaitReceipts(sides, () => ledger.accepted(), show);
  progress.end();
  return urgent;
}

/** Someone whom it hurts: certified, and with consent that stands. */
function findCertified({ seed, sizes }: RegisterPlan): DemoEnterprise {
  for (const enterprise of generateEnterprises('CN', seed, sizes.CN)) {
    const { status, consent } = enterprise.latest;
    if (status === 'certified' && consent?.withdrawnOn === undefined) return enterprise;
  }
  throw new DemoError('too-small', 'the register holds no certified enterprise; choose more --enterprises');
}

function* rounds({ seed, sizes }: RegisterPlan, but: string): Generator<MessageGroup> {
  for (let round = 1; round <= ROUNDS_MAX; round++) {
    for (const enterprise of generateEnterprises('CN', seed, sizes.CN)) {
      if (enterprise.id !== but) yield [periodicUpdate(enterprise, round)];
    }
  }
}
