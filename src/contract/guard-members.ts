import { escapePointerStep } from './json-pointer.ts';

/** A rule has read a member whose shape is wrong or which is missing: its verdict would mean nothing. */
export class FaultyMemberError extends Error {
  constructor(pointer: string) {
    super(`${pointer} does not have its shape`);
  }
}

/**
 * A view of the data for rules that need only some members: reading a faulty one throws, listing the members of an
 * object passes over it. So a message with one malformed member is still told of all else that is wrong.
 */
export function guardMembers<Data extends object>(data: Data, faulty: ReadonlySet<string>, at = ''): Data {
  const pointerTo = (key: string | symbol) => `${at}/${escapePointerStep(String(key))}`;
  const reading = (key: string | symbol) => {
    const pointer = pointerTo(key);
    if (faulty.has(pointer)) throw new FaultyMemberError(pointer);
    return pointer;
  };
  return new Proxy(data, {
    get(target, key, receiver) {
      const pointer = reading(key);
      const value: unknown = Reflect.get(target, key, receiver);
      if (typeof value !== 'object' || value === null) return value;
      return guardMembers(value, faulty, pointer);
    },
    getOwnPropertyDescriptor(target, key) {
      reading(key);
      return Reflect.getOwnPropertyDescriptor(target, key);
    },
    ownKeys(target) {
      return Reflect.ownKeys(target).filter((key) => !faulty.has(pointerTo(key)));
    },
  });
}

/** What the check finds, or nothing where it needs a faulty member. */
export function unlessFaulty<Found>(check: () => Found[]): Found[] {
  try {
    return check();
  } catch (error) {
    if (error instanceof FaultyMemberError) return [];
    throw error;
  }
}
