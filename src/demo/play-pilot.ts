import { awaitReceipts } from './await-receipts.ts';
import type { DemoSides } from './demo-side.ts';
import type { Ledger } from './ledger.ts';
import { type PilotStep, tellPilot } from './pilot-2008.ts';
import { submitMessages } from './submit-messages.ts';

/** Act (a): plays the pilot of October 2008 step by step; each step has its receipts before the next begins. */
export async function playPilot(
  sides: DemoSides,
  ledger: Ledger,
  onStep: (step: PilotStep) => void = () => {},
): Promise<void> {
  for (const [number, step] of tellPilot().entries()) {
    const submitted = await submitMessages(sides[step.from], [step.messages], ledger.expected[step.from], {
      name: `pilot-${number}`,
    });
    ledger.note(step.from, submitted);
    await awaitReceipts(sides, () => ledger.accepted());
    onStep(step);
  }
}
