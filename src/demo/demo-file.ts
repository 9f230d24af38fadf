import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DemoSides, SideDescription } from './demo-side.ts';

/**
 * Keeps `demo.json` for programs while the demo is up (api.md, "The demo for programs"): it holds tokens, so it is
 * for the owner only, and it goes with the demo.
 */
export function keepDemoFile(folder: string, sides: DemoSides): Disposable {
  const path = join(folder, 'demo.json');
  rmSync(path, { force: true });
  const described = { cn: describe(sides.CN), us: describe(sides.US) };
  writeFileSync(path, `${JSON.stringify(described, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  return { [Symbol.dispose]: () => rmSync(path, { force: true }) };
}

function describe(side: SideDescription): SideDescription {
  const { party, link, internal, exchange, console, pid, tokens, tls } = side;
  return { party, link, internal, exchange, console, pid, tokens, tls };
}
