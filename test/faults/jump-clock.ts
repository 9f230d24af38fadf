/**
 * Preloaded into a gateway (`node --import`): its clock is the machine's plus what the file named by
 * MRA_FAULTS_CLOCK says, in milliseconds. The gateway itself knows nothing of it.
 */
import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 50;

const file = process.env.MRA_FAULTS_CLOCK;
const TrueDate = Date;
let offsetMs = 0;

function look(): void {
  try {
    offsetMs = Number(readFileSync(file ?? '', 'utf8')) || 0;
  } catch {
    offsetMs = 0;
  }
}

if (file !== undefined) {
  look();
  setInterval(look, LOOK_EVERY_MS).unref();
  const trueNow = TrueDate.now.bind(TrueDate);
  const now = (): number => trueNow() + offsetMs;
  globalThis.Date = new Proxy(TrueDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
  });
}
