/**
 * The operations of RFC 6902 that the vectors use, and two for what is too long to be written: `fill` puts a list of
 * `count` equal values in place, `repeat` a text `count` times.
 */
export type PatchStep =
  | { op: 'repeat'; path: string; value: string; count: number }
  | { op: 'fill'; path: string; value: unknown; count: number }
  | { op: 'add' | 'replace'; path: string; value: unknown }
  | { op: 'remove'; path: string };

/** The document with the steps taken; it stays as it is. */
export function applyPatch(document: unknown, steps: readonly PatchStep[]): unknown {
  const holder = { document: structuredClone(document) };
  for (const step of steps) takeStep(holder, step);
  return holder.document;
}

function takeStep(holder: { document: unknown }, step: PatchStep): void {
  const keys = step.path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop() ?? 'document';
  let parent: unknown = step.path === '' ? holder : holder.document;
  for (const key of keys) parent = memberOf(parent, key, step.path);
  if (step.op !== 'add' && step.op !== 'repeat') memberOf(parent, last, step.path);
  const value = operand(step);
  if (Array.isArray(parent)) {
    const index = last === '-' ? parent.length : Number(last);
    if (step.op === 'remove') parent.splice(index, 1);
    else parent.splice(index, step.op === 'add' ? 0 : 1, value);
  } else if (step.op === 'remove') {
    Reflect.deleteProperty(parent as object, last);
  } else {
    // Not an assignment: a member named __proto__ is a member like any other.
    Object.defineProperty(parent, last, { value, enumerable: true, configurable: true, writable: true });
  }
}

function operand(step: PatchStep): unknown {
  if (step.op === 'remove') return undefined;
  if (step.op === 'repeat') return step.value.repeat(step.count);
  if (step.op !== 'fill') return structuredClone(step.value);
  return Array.from({ length: step.count }, () => structuredClone(step.value));
}

function memberOf(parent: unknown, key: string, path: string): unknown {
  if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, key)) {
    throw new Error(`${path} names nothing`);
  }
  return Reflect.get(parent, key);
}
