import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SubjectState } from '../../src/contract/cells.ts';
import type { CheckContext } from '../../src/contract/check-context.ts';
import type { BusinessMessage } from '../../src/contract/messages.ts';
import { applyPatch, type PatchStep } from './apply-patch.ts';

export interface Named {
  pointer: string;
  code: string;
}

/** A vector as test/vectors/contract/README.md describes it, its base and defaults filled in. */
export interface Vector {
  title: string;
  type: string;
  context: CheckContext;
  /** The sender's register of the subject; absent where the message alone is judged. */
  state?: SubjectState;
  data: unknown;
  errors: Named[];
  warnings: Named[];
}

interface WrittenCell {
  version: number;
  countsAs: number;
}

interface Written {
  title: string;
  type: string;
  context?: Partial<WrittenContext>;
  state?: { lastVersion: number; details: WrittenCell | null; standing: WrittenCell | null };
  base?: string;
  patch?: PatchStep[];
  data?: unknown;
  errors: Named[];
  warnings: Named[];
}

type WrittenContext = Omit<CheckContext, 'now'> & { now: string };

export const vectorFolder = join(import.meta.dirname, '../vectors/contract');

const defaults = readJson('context.json') as WrittenContext;
export const defaultContext: CheckContext = { ...defaults, now: new Date(defaults.now) };
const written = new Map(
  files('valid').map((name) => [
    name.slice(0, -'.json'.length),
    patched(readJson(`valid/${name}`) as Written),
  ]),
);

export const validVectors: Vector[] = [...written.values()].map((vector) => complete(vector));

export const invalidVectors: Vector[] = files('invalid').flatMap((name) =>
  (readJson(`invalid/${name}`) as Written[]).map(fromBase),
);

function fromBase(vector: Written): Vector {
  const base = written.get(vector.base ?? '');
  if (base === undefined) throw new Error(`${vector.title}: there is no base ${vector.base}`);
  const data = applyPatch(base.data, vector.patch ?? []);
  return complete({ ...base, ...vector, context: { ...base.context, ...vector.context }, data });
}

/** A valid vector has a patch only for what is too long to be written. */
function patched({ patch = [], ...vector }: Written): Written {
  return { ...vector, data: applyPatch(vector.data, patch) };
}

function complete({ title, type, context, state, data, errors, warnings }: Written): Vector {
  const merged = { ...defaults, ...context };
  const vector = { title, type, context: { ...merged, now: new Date(merged.now) }, data, errors, warnings };
  return state === undefined ? vector : { ...vector, state: stateOf(state) };
}

// What the rules never read of a cell is not written in a vector.
function stateOf({ lastVersion, details, standing }: NonNullable<Written['state']>): SubjectState {
  const kept = { messageId: '01a20922-7c00-7b3e-9d5a-0f3c2b1a4d5e', at: new Date(0) };
  return {
    lastVersion,
    details: details && ({ ...kept, ...details } as SubjectState['details']),
    standing: standing && ({ ...kept, ...standing } as SubjectState['standing']),
  };
}

function files(folder: string): string[] {
  return readdirSync(join(vectorFolder, folder)).sort();
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(vectorFolder, path), 'utf8'));
}

export function messageOf({ type, data }: Vector): BusinessMessage {
  return { type, data } as BusinessMessage;
}
