const shape = /^(?:\/(?:[^~/]|~[01])*)*$/;
const arrayIndex = /^(?:0|[1-9][0-9]*)$/;

/** The value that an RFC 6901 pointer names; `found` is false where the pointer is malformed or names nothing. */
export type Pointed = { found: true; value: unknown } | { found: false; wellFormed: boolean };

export function followPointer(document: unknown, pointer: string): Pointed {
  if (!shape.test(pointer)) return { found: false, wellFormed: false };
  let value = document;
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) {
      if (!arrayIndex.test(key) || Number(key) >= value.length) return { found: false, wellFormed: true };
      value = value[Number(key)];
    } else if (typeof value === 'object' && value !== null && Object.hasOwn(value, key)) {
      value = Reflect.get(value, key);
    } else {
      return { found: false, wellFormed: true };
    }
  }
  return { found: true, value };
}

export function escapePointerStep(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
