import type { Party } from '../contract/party.ts';
import { awaitReceipts } from './await-receipts.ts';
import { type DemoSides, PARTIES } from './demo-side.ts';
import { generateEnterprises } from './generate-enterprises.ts';
import type { Ledger } from './ledger.ts';
import type { Progress } from './progress.ts';
import { type MessageGroup, submitMessages } from './submit-messages.ts';

export interface RegisterPlan {
  seed: number;
  /** Enterprises of each side. */
  sizes: Readonly<Record<Party, number>>;
}

export interface RegistersLoaded {
  messages: number;
  /** From the first request to the last receipt. */
  ms: number;
}

/** Act (b): both sides load their registers at the same time, and wait for every receipt. */
export async function loadRegisters(
  sides: DemoSides,
  plan: RegisterPlan,
  ledger: Ledger,
  progress: Progress,
): Promise<RegistersLoaded> {
  const startedAt = Date.now();
  const before = ledger.messages;
  const total = countMessages(plan);
  let submitting = true;
  const submission = Promise.all(
    PARTIES.map(async (party) => {
      const groups = groupsOf(party, plan);
      ledger.note(
        party,
        await submitMessages(sides[party], groups, ledger.expected[party], { name: `register-${party}` }),
      );
    }),
  ).finally(() => {
    submitting = false;
  });
  const wanted = (): Record<Party, number> => {
    const { CN, US } = ledger.accepted();
    // One more than is there, so that waiting does not end while more is being submitted.
    return submitting ? { CN: CN + 1, US: US + 1 } : { CN, US };
  };
  const receipts = awaitReceipts(sides, wanted, (receipted) => progress.update(receipted - before, total));
  await Promise.all([submission, receipts]).finally(() => progress.end());
  return { messages: ledger.messages - before, ms: Date.now() - startedAt };
}

function* groupsOf(party: Party, { seed, sizes }: RegisterPlan): Generator<MessageGroup> {
  for (const { messages } of generateEnterprises(party, seed, sizes[party])) yield messages;
}

/** Generating twice costs less than a second and keeps memory flat. */
function countMessages(plan: RegisterPlan): number {
  let total = 0;
  for (const party of PARTIES) {
    for (const group of groupsOf(party, plan)) total += group.length;
  }
  return total;
}
